"""Object stores of any vendor, through one library: objects by key, read and written whole."""
