"""Domain-facing implementations of the ports, built on integrations."""
