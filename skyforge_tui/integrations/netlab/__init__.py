"""netlab of this machine, as its command line tells it."""
