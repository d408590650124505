"""The one place where the network is listened on."""

import socket

from curation.datanet.shown import shown
from curation.errors import UsageError


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises `UsageError` when it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        told = f"{shown(host)}:{port} cannot be listened on: {error.strerror or 'no such address'}"
        raise UsageError(told) from None
