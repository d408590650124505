"""Letters in no order that the reference's language knows: keys pressed at random, shuffled words, encoded bytes."""

import numpy as np

from curation.checks import Check, conformal_opinion, has_text
from curation.evidence.evidence import Evidence
from curation.finding import Floats, Opinion, Term


def nonconformity(evidence: Evidence) -> Floats:
    """How many spreads less ordered a text's letters are than is usual of its length in the reference, (n,)."""
    letters = evidence.reference.letters
    return np.zeros(len(evidence)) if letters is None else letters.strangeness(evidence.subjects.texts, evidence.own)


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all, findings for texts whose letters follow one another as in no other."""
    strange = nonconformity(evidence)

    def said(place: int) -> tuple[str, str]:
        return (
            f"its letters are in {strange[place]:.1f} spreads less order than is usual in texts of this length here",
            "write it in words, and leave out what is not language",
        )

    return conformal_opinion(evidence, CHECK.name, strange, 1.0 / (1.0 + np.exp(np.clip(strange, -99, 99) / 4.0)), said)


CHECK = Check(name="gibberish", term=Term.STRANGENESS, judge=judge, applies=has_text, nonconformity=nonconformity)
