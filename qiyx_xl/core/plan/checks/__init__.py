"""Which findings does a plan document get? What it says is checked, not how it is written."""
