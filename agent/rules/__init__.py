"""Rewrites that keep behaviour, one file each; applied to hot functions only."""
