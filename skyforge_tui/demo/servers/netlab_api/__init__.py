"""A pretend `netlab api`.

Source: netlab 26.10, `netlab api`, and what was seen of it.
"""
