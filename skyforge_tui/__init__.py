"""A terminal cockpit for network labs and automation runs.

The map. Outer floors lean on inner ones; only `wiring` has keys to all rooms::

    __main__ → cli → wiring → settings
      edges   tui · jobs · providers · store · demo   (no doors between them)
      core    services · integrations · engine        (no doors either)
              ports      what the core needs from the world
              domain     the words

Read `domain` first, then `ports`, `services`, and one provider.
"""

__version__ = "0.1.0"
