"""Intervals and graphs."""
