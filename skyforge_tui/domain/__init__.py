"""The words of the product: standard library only, no I/O, no async."""
