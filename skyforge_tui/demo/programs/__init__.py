"""Programs of pretend hosts: each is run by its path, alone, with the standard library only."""
