"""Written in a language that the card does not name."""

import numpy as np

from curation.checks import Check, conformal_opinion
from curation.datanet.card import Datanet, Task
from curation.evidence.evidence import Evidence
from curation.finding import Floats, Opinion, Term


def nonconformity(evidence: Evidence) -> Floats:
    """How much likelier the best language is than the card's likeliest, in log-odds, (n,)."""
    return evidence.language.foreign


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all, findings for texts that read as another language than the reference's do."""
    foreign = evidence.language.foreign
    wanted = ", ".join(evidence.datanet.languages)

    def said(place: int) -> tuple[str, str]:
        return (
            f"reads as {evidence.language.best[place]!r}, {wanted} wanted",
            f"submit it in {wanted}, or to a datanet whose card names its language",
        )

    return conformal_opinion(evidence, CHECK.name, foreign, np.exp(-foreign), said)


def _has_text(datanet: Datanet) -> bool:
    return datanet.task is not Task.TABLE


CHECK = Check(name="language", term=Term.STRANGENESS, judge=judge, applies=_has_text, nonconformity=nonconformity)
