"""Figures that tell outsiders how much of the money went to what is good: all of it can be computed again."""
