"""Caches, registries and queues: things that remember."""
