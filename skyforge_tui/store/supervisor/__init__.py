"""The process that owns one local run: it starts, records and stops it, and outlives its starter.

Standard library only, and everything is imported at birth: it may run for days while the program
around it is upgraded. Reading order: `birth` (how it comes to be alone), `supervision` (the course
of a run), then the parts it is made of.
"""
