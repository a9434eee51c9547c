"""The place labs."""
