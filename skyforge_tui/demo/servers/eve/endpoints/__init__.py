"""The routes of a pretend EVE-NG, noun by noun."""
