"""Recorded calls with other arguments: what they are, how they are drawn, made smaller and told to people. Pure."""
