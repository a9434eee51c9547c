"""SSH: hosts to work on and to go through; the only room that knows asyncssh."""
