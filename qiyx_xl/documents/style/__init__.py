"""How our workbooks and pages look: fonts, colours, page set-up."""
