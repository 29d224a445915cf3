"""Reading files from outside: each becomes a Submission, or Findings that say why it cannot."""
