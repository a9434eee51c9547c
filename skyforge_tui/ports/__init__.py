"""What the core needs from the world: Protocols, each with its contract on its methods."""
