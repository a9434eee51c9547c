"""Small typed clients, one room per vendor, and the transport they share."""
