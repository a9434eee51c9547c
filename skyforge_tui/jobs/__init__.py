"""What happens unasked: jobs act as the system principal and are never called by a service."""
