"""What a command run by a test left behind, and what runs one."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Ran:
    """Exit code and streams."""

    code: int
    out: str
    err: str


class Curate(Protocol):
    """`curate("check", file, …)` as from a shell; arguments are made text."""

    def __call__(self, *arguments: object) -> Ran: ...
