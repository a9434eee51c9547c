"""A host on which people run labs: a real SSH server whose shell finds a pretend netlab."""
