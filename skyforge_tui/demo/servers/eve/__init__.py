"""A pretend EVE-NG: Community and Pro as clients know them, and the UNetLab they come from.

Sources: UNetLab 1.0.0-11 and EVE-NG Community 2.0.3 (PHP), the API of Community 6.2, and what
clients of Pro observe.
"""
