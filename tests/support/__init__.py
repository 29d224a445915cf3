"""What tests of more than one module draw, build and run with; no test lies here.

A harness that runs as a program of its own, and its library in C, lie beside their test.
"""
