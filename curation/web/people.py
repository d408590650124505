"""Who is asking: a role, a name, the identities that count as the same person, and the datanets it is about."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a token is for."""

    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    OWNER = "owner"
    AUDITOR = "auditor"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever holds a token. `identities` has the name too; no `datanets` means all of them.

    `session` is the browser's session, None where the token itself was sent.
    """

    token: str
    role: Role
    name: str
    identities: tuple[str, ...] = ()
    datanets: tuple[str, ...] = ()
    session: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All names this person goes by, the token's first."""
        return (self.name, *(one for one in self.identities if one != self.name))

    def is_me(self, contributor: str) -> bool:
        """Whether this contributor is the person, under whatever name."""
        return contributor in self.names

    def may_enter(self, datanet: str) -> bool:
        """Whether the token is about this datanet."""
        return not self.datanets or datanet in self.datanets

    def may_see(self, datanet: str, contributor: str) -> bool:
        """Whether records of this contributor in this datanet may be shown: a contributor sees their own alone."""
        return self.may_enter(datanet) and (self.role is not Role.CONTRIBUTOR or self.is_me(contributor))
