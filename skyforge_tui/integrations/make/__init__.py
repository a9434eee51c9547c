"""Make: the targets of its files, found by reading."""
