"""The place attention."""
