"""Lab providers: everything that can run a lab."""
