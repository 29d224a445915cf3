"""The checks of filled-in forms: of each row, of the whole form, and across a batch of forms."""
