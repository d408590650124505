"""What can happen to money, typed: models trained, inferences served, epochs settled, audits drawn, disputes.

Amounts are integers in base units (1 OPEN = 10^18), written as decimal strings: a reader of JSON in another language
would round them otherwise. What is large is an object, and the event names its digest.
"""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from curation.ledger.fact import Count, Digest, FactBase, Name, ShortId, Word

Units: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,37})$")]
Ppm: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)]
Seq: TypeAlias = Annotated[int, Field(ge=1)]


class ContentsCommitted(FactBase):
    """A contributor has these contents and says so before showing them.

    `contents` is the object of their salted digests. A later submission of these contents, and no others, takes this
    line's place in the order.
    """

    TYPE: ClassVar[str] = "contents.committed"
    OBJECTS: ClassVar[tuple[str, ...]] = ("contents",)
    datanet: Name
    contributor: Name
    contents: Digest
    records: Count


class ModelTrained(FactBase):
    """A model was fitted on the accepted records of a datanet.

    `records` is the object that freezes who is in it: record, contributor, training weight, novelty, partner. `terms`
    is the object of the shares, ramps and delays that its inferences are paid by. `manifest` lists the model's files,
    `evaluation` is what it was measured at.
    """

    TYPE: ClassVar[str] = "model.trained"
    OBJECTS: ClassVar[tuple[str, ...]] = ("card", "records", "terms", "manifest", "evaluation")
    model: ShortId
    datanet: Name
    kind: Literal["heads", "similarity"]
    reference: Word | None
    card: Digest
    records: Digest
    terms: Digest
    manifest: Digest
    evaluation: Digest
    trained: Count


class InferenceServed(FactBase):
    """An inference was answered and its fee is owed. `key` is the payer's, and names it for ever.

    `body` is a salted digest of what was asked, and at what fee; `answer` the object of what was predicted;
    `attribution` the object of integers: which records of the model it rests on, and how much.
    """

    TYPE: ClassVar[str] = "inference.served"
    OBJECTS: ClassVar[tuple[str, ...]] = ("answer", "attribution")
    datanet: Name
    model: ShortId
    key: Word
    body: Digest
    fee: Units
    answer: Digest
    attribution: Digest


class EpochSettled(FactBase):
    """All inferences up to journal line `through` that were not settled before are paid. `epoch` counts from 1.

    `lines` is the object of the inferences, the weights that held, and every move of money; `ranges` the small one of
    what a record earned at full weight.
    """

    TYPE: ClassVar[str] = "epoch.settled"
    OBJECTS: ClassVar[tuple[str, ...]] = ("lines", "ranges")
    epoch: Seq
    through: Seq
    lines: Digest
    ranges: Digest


class AuditsDrawn(FactBase):
    """Records were drawn at random to be looked at.

    The frame is what the journal said up to line `through`, whose hash is `commitment`; `beacon` is a public random
    number that was not known then. `hits` is the object of what was drawn and with which probability.
    """

    TYPE: ClassVar[str] = "audits.drawn"
    OBJECTS: ClassVar[tuple[str, ...]] = ("hits",)
    draw: Seq
    through: Seq
    commitment: Digest
    beacon: Annotated[str, StringConstraints(pattern="^[0-9a-f]{1,128}$")]
    budget: Seq
    hits: Digest


class RecordDoubted(FactBase):
    """A curator calls a record bad that has been paid for: it takes a second one before that costs money.

    Until then the record's escrow does not vest. `drawn_ppm` as in `record.decided`.
    """

    TYPE: ClassVar[str] = "record.doubted"
    OBJECTS: ClassVar[tuple[str, ...]] = ("reason",)
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"drawn_ppm"})
    record: ShortId
    by: Name
    reason: Digest
    drawn_ppm: Ppm | None = None


class RecordAppealed(FactBase):
    """Somebody disputes where a record stands. Until the next decision about it its escrow does not vest."""

    TYPE: ClassVar[str] = "record.appealed"
    OBJECTS: ClassVar[tuple[str, ...]] = ("reason",)
    record: ShortId
    reason: Digest
