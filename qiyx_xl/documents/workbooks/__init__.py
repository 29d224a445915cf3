"""How the other printed workbooks are written: reminders, matters, evaluation, method cards."""
