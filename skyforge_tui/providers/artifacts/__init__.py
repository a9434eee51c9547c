"""Artifact stores, and the files that runs leave in their working directories."""
