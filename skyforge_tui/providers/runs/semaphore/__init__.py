"""Runs, projects and templates of a Semaphore server."""
