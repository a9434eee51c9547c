"""Runs on a lab host: what its tools do there, detached, watched over SSH."""
