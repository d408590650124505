"""How many cases a property of money is tried on: other ones each run, and with `make check-full` a thousand."""

import os

from hypothesis import settings

MANY = settings(max_examples=1000 if os.environ.get("CURATION_FULL") else 250)
