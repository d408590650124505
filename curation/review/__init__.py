"""The review queue: what waits for a person, what a decision about it is worth, and who is looking at it now."""
