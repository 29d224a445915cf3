"""The plan, the rules and the project list: their content, and when something is due."""
