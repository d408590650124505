"""What every fact is made of: the words, digests and counts that a journal line may hold."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from curation.datanet.names import NAME

Digest: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
ShortId: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
Word: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:/+=@-]{0,199}$")]
Count: TypeAlias = Annotated[int, Field(ge=0)]


class FactBase(BaseModel):
    """One thing that can happen. `TYPE` is the event's type; what is in `LEFT_OUT` is not written while it is None.

    `OBJECTS` are the fields that name a file under its digest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    TYPE: ClassVar[str]
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset()
    OBJECTS: ClassVar[tuple[str, ...]] = ()
