"""Reading the office's own files: plan, rules, calendar, project list, matters."""
