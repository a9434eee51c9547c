"""Making connections: one connector for each kind of server, and the book they are written in."""
