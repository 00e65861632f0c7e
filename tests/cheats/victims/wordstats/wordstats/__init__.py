"""Statistics of the words of a text."""

__all__ = ["counting", "similarity", "summary", "tokens"]
