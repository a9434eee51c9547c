"""What the programs of the pretend world write while they run."""
