"""The place artifacts."""
