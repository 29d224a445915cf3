"""What every other part of the core builds on: values, periods, exact quotients, texts.

Nothing here knows of plans or forms.
"""
