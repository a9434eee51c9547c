"""What somebody begins with."""
