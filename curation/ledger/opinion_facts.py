"""What curators say that moves no money and overrules nobody, typed: opinions, and the gold they are measured by.

Which record an opinion or a nomination is about stands in an object that is never exported, under a salted digest. Or
the journal, which is public, would tell contributors which of their records curators are measured by.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from curation.ledger.fact import Digest, FactBase, Name

Seq: TypeAlias = Annotated[int, Field(ge=1)]

# Afterwards an opinion counts in what is shown of its curator, gold too, and whoever saw that could say it better.
OPINION_UNDO_SECONDS = 600
# Between looking at the clock and the line of the journal that undoes it may pass so much: no journal breaks by that.
OPINION_UNDO_GRACE_SECONDS = 60


class OpinionGiven(FactBase):
    """A curator looked at a record that somebody else decided, without knowing what was said of it.

    `opinion` is the object of record, decision, label and reason; nothing of the record's standing follows from it.
    """

    TYPE: ClassVar[str] = "opinion.given"
    OBJECTS: ClassVar[tuple[str, ...]] = ("opinion",)
    by: Name
    opinion: Digest


class OpinionUndone(FactBase):
    """Who gave the opinion of journal line `opinion` takes it back, within ten minutes."""

    TYPE: ClassVar[str] = "opinion.undone"
    opinion: Seq
    by: Name


class GoldNominated(FactBase):
    """A curator vouches that what was decided of a record is right, so that others can be measured by it.

    `gold` is the object of record, decision, label and reason.
    """

    TYPE: ClassVar[str] = "gold.nominated"
    OBJECTS: ClassVar[tuple[str, ...]] = ("gold",)
    by: Name
    gold: Digest


class GoldDisputed(FactBase):
    """Somebody says that the nomination `gold` is not right, or who made it takes it back: it counts for nobody."""

    TYPE: ClassVar[str] = "gold.disputed"
    OBJECTS: ClassVar[tuple[str, ...]] = ("reason",)
    gold: Digest
    by: Name
    reason: Digest
