"""containerlab: its topologies, recognised by reading."""
