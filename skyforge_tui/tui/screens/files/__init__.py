"""Log files, alone or merged."""
