"""The place runs."""
