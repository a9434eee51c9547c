"""Keys and pixels: the only room that knows Textual."""
