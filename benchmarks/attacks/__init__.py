"""What attackers get out of a datanet, undefended and defended, and what honest contributors lose to it."""

import os

# Before numpy is loaded: threads that wait for each other cost more than they bring on matrices this small.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
