"""Domain to cells, glyphs and tones: pure functions."""
