"""A data-quality engine: what a contribution to a community dataset is worth, and why."""

__version__ = "0.1.0"
