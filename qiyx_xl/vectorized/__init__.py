"""How many values are rated at once: the rules of ``core`` on whole columns, in exact integers.

The core rates one value, with a reason, in about twenty microseconds. A province's quarter has a
million values, and one array formula may hold a hundred thousand. Here numbers are int64 counts of
ten-thousandths, and thresholds are compared by cross-multiplication as in the core. Values that do
not fit (words, long numbers, rare rules) are rated by the core, one by one. A property test checks
that both give equal results.
"""
