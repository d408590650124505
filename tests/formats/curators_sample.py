"""Curators and gold as the formats have to show them: with every figure, with none, hostile text in every label."""

from curation.audit.curators import Accepts, Curator, GoldAnswer
from curation.ledger.answers import Gold
from curation.vouching import Nominated
from tests.formats.hostile import HOSTILE, IDS


def curators() -> tuple[Curator, ...]:
    right = tuple(GoldAnswer(record=IDS[0], said=("accept", None), right=("accept", None)) for _ in range(11))
    wrong = GoldAnswer(record=IDS[1], said=("reject", None), right=("relabel", HOSTILE))
    told = {"looks": 120, "shared": 12, "agreement": 0.75, "quality": 0.875, "is_by_labels": True, "seconds": 9.5}
    return (
        Curator(
            curator="amina",
            gold=(*right, wrong),
            blind=Accepts(looks=11, accepted=7),
            informed=Accepts(looks=100, accepted=81),
            **told,  # type: ignore[arg-type]  # one value each, as named
        ),
        Curator(
            curator="b" * 63,
            looks=1,
            shared=0,
            agreement=None,
            quality=None,
            is_by_labels=False,
            gold=(),
            seconds=None,
        ),
        Curator(
            curator="rand",
            looks=30,
            shared=20,
            agreement=0.25,
            quality=0.25,
            is_by_labels=False,
            gold=(*right[:3], *[wrong] * 9),
            seconds=1.0,
        ),
    )


def gold() -> tuple[Nominated, ...]:
    one = Gold(record=IDS[0], said=("accept", None), name="0" * 64, by=("nora",), lines=(4,), is_disputed=False)
    other = Gold(
        record=IDS[1], said=("relabel", HOSTILE), name="1" * 64, by=("nora", "omar"), lines=(5, 6), is_disputed=True
    )
    return (Nominated(gold=one, answers=0, right=0), Nominated(gold=other, answers=9, right=1))
