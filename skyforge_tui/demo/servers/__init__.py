"""Servers of the pretend world that speak like real products."""
