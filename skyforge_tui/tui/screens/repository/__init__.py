"""A repository: its files, its commits, its branches."""
