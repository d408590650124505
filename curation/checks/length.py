"""Far shorter or longer than the reference's records."""

from collections.abc import Mapping

import numpy as np

from curation.checks import Check, conformal_opinion, has_text
from curation.evidence.evidence import Evidence
from curation.finding import Floats, Opinion, Term


def measures(evidence: Evidence) -> Mapping[str, Floats]:
    """The logarithm of one plus the number of characters, (n,)."""
    return {"log": np.log1p([float(len(text)) for text in evidence.subjects.texts])}


def nonconformity(evidence: Evidence) -> Floats:
    """How many spreads the logarithm lies from the reference's median, either way, (n,)."""
    centre, spread = evidence.reference.scales.get("length/log", (0.0, 1.0))
    distance: Floats = np.abs(measures(evidence)["log"] - centre) / spread
    return distance


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all, findings for the farthest."""
    centre, _ = evidence.reference.scales.get("length/log", (0.0, 1.0))

    def said(place: int) -> tuple[str, str]:
        return (
            f"{len(evidence.subjects.texts[place])} characters, about {np.expm1(centre):.0f} are usual here",
            "split what says several things, complete what says half of one",
        )

    return conformal_opinion(evidence, CHECK.name, nonconformity(evidence), None, said)


CHECK = Check(
    name="length", term=Term.STRANGENESS, judge=judge, applies=has_text, nonconformity=nonconformity, measures=measures
)
