"""The worker: one asyncio loop that owns all I/O, beside the UI thread or inline for tests."""
