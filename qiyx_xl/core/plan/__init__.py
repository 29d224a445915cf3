"""The plan, the rules and the project list: what they hold and when something is due."""
