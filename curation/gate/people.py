"""Who may speak for whom: `contributors.yaml` of the base ties accounts and keys to contributors.

The folder that a file lies in only claims whose it is, and what a commit says of its author is typed by whoever makes
it. What the platform says of the author of a pull request is compared with this map, which only the base can change.
"""

import re
from hashlib import sha256
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from curation.datanet.card import Strict
from curation.datanet.names import NAME
from curation.datanet.strict_yaml import read_yaml

MAP_FILE = "contributors.yaml"
# What an author begins with who is known by a key: an account of that name is none, so neither passes for the other.
KEY: Final = "key:"
_DIGITS: Final = 16
_DERIVED: Final = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}$")
_NAME_LETTERS: Final = 63


def _no_key(account: str) -> str:
    if account[: len(KEY)].lower() == KEY:
        raise ValueError(f"an account cannot begin with {KEY!r}: fingerprints stand under `keys`, without it")
    return account


_Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
_Fingerprint: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Account: TypeAlias = Annotated[_Fingerprint, AfterValidator(_no_key)]


class Person(Strict):
    """One contributor, with the accounts that speak for them and the fingerprints of their keys."""

    name: _Name
    accounts: tuple[_Account, ...] = ()
    keys: tuple[_Fingerprint, ...] = ()


class People(Strict):
    """The whole map. `maintainers` are contributors who may change what all datanets share."""

    schema_: Literal["curation.contributor-map/1"] = Field(alias="schema")
    contributors: tuple[Person, ...] = ()
    maintainers: tuple[_Name, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [person.name for person in self.contributors]
        if len(set(names)) != len(names):
            raise ValueError("a contributor stands twice")
        return self

    def names_of(self, author: str) -> frozenset[str]:
        """The contributors that an account, or `key:` and a key's fingerprint, speaks for.

        Case does not matter in accounts; it does in fingerprints.
        """
        fingerprint = author.removeprefix(KEY)
        if fingerprint != author:
            return frozenset(person.name for person in self.contributors if fingerprint in person.keys)
        return frozenset(
            person.name for person in self.contributors if any(_alike(author, account) for account in person.accounts)
        )

    def knows(self, contributor: str) -> bool:
        """Whether a contributor stands in the map; one without account or key is somebody for whom nobody speaks."""
        return contributor in self.maintainers or any(person.name == contributor for person in self.contributors)


def _alike(one: str, other: str) -> bool:
    """Platforms take no notice of case in ASCII; beyond it what looks alike need not be the same."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def own_name(author: str) -> str:
    """The one contributor's name that an author has whom the map does not know: that of the account, where it can be.

    Two authors never have the same. What is no name, or could be one made here, gets a digest behind it.
    """
    # Case tells two fingerprints apart, and two accounts beyond ASCII (see `_alike`).
    plain = author.lower() if author.isascii() and not author.startswith(KEY) else author
    if NAME.fullmatch(plain) and not _DERIVED.search(plain):
        return plain
    told = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[: _NAME_LETTERS - _DIGITS - 1].rstrip("-")
    return f"{told or 'account'}-{sha256(plain.encode(errors='surrogatepass')).hexdigest()[:_DIGITS]}"


def read_people(data: bytes) -> People:
    """The map in these bytes; raises `CardError` with the line of what is wrong."""
    return read_yaml(data, MAP_FILE).validated(People)
