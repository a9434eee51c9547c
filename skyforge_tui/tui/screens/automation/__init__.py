"""Schedules, variables and counts of a project."""
