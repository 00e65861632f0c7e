"""A perfsmith server as its clients see it: hand work in over HTTP, wait, and fetch what came of it."""
