"""The routes of a Semaphore server, one module for each noun."""
