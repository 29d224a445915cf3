"""Many ratings at once: the rules of ``core`` on whole columns, in exact integers.

The core rates one value, with a reason, in about twenty microseconds. A province's quarter is
a million values, and one array formula may hold a hundred thousand. Here numbers are int64
counts of ten-thousandths, every threshold is compared crosswise as in the core, and whatever
does not fit (words, long numbers, rare rules) is left to the core, value by value. The two are
held equal by a property test.
"""
