"""What becomes of a record, in one word. Derived from findings, weight and decisions, never stored by hand."""

from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a record.

    *reject*: unreadable, a critical rule, an exact copy, or a person's decision. *review*: weight under .5, or a
    copying pattern; earns nothing until decided. *unchecked*: too little to judge by. *accept*: the rest.
    *withdrawn*: taken back by its contributor.
    """

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"
    UNCHECKED = "unchecked"
    WITHDRAWN = "withdrawn"
