"""Semaphore UI, versions 2.8 to 2.18: its web service and its socket."""
