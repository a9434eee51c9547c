"""Labs of an EVE-NG server."""
