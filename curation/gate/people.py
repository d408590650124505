"""Who may speak for whom: `contributors.yaml` of the base ties accounts and keys to contributors.

The folder that a file lies in only claims whose it is, and what a commit says of its author is typed by whoever makes
it. What the platform says of the author of a pull request is compared with this map, which only the base can change.
"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from curation.datanet.card import Strict
from curation.datanet.names import NAME
from curation.datanet.strict_yaml import read_yaml

MAP_FILE = "contributors.yaml"

_Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
_Account: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Person(Strict):
    """One contributor, with the accounts that speak for them and the fingerprints of their keys."""

    name: _Name
    accounts: tuple[_Account, ...] = ()
    keys: tuple[_Account, ...] = ()


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
        """The contributors that an account, or a key's fingerprint, speaks for. Case does not matter in accounts."""
        return frozenset(
            person.name
            for person in self.contributors
            if any(_alike(author, account) for account in person.accounts) or author in person.keys
        )

    def knows(self, contributor: str) -> bool:
        """Whether a contributor stands in the map; one without account or key is somebody for whom nobody speaks."""
        return contributor in self.maintainers or any(person.name == contributor for person in self.contributors)


def _alike(one: str, other: str) -> bool:
    """Platforms take no notice of case in ASCII; beyond it what looks alike need not be the same."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def read_people(data: bytes) -> People:
    """The map in these bytes; raises `CardError` with the line of what is wrong."""
    return read_yaml(data, MAP_FILE).validated(People)
