"""A Semaphore server of the pretend world, as the releases 2.8 to 2.18 speak.

Paths, statuses, shapes and oddities follow the product's source and a conversation that was
recorded from a real server of October 2024 (2.10, BoltDB).
"""
