"""The pretend estate: a small company, its clock, and servers that speak like the real ones.

It knows nothing of the rest of the package, so that an error in one cannot hide in the other.
"""
