"""One lab."""
