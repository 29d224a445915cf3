"""The other workbooks that are printed: reminders, matters, evaluation, method cards."""
