"""Files of anybody's, opened to be looked at: alone, piped in, compressed, or merged by time."""
