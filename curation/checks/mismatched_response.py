"""The response does not answer its prompt: the two do not belong together as the reference's pairs do.

States log-odds directly, as the label check does, since a response is to its prompt what a label is to its text.
"""

import numpy as np

from curation.checks import Check, insufficient
from curation.datanet.card import Datanet, Role, Task
from curation.evidence.evidence import Evidence
from curation.evidence.pairs import NEAR, PAIRS_MIN, halves, log_odds
from curation.finding import Finding, Floats, Opinion, Related, Severity, Term

# Where the log-odds stop, as for labels: no pair is surer than one in ten thousand.
ODDS_MAX = float(np.log(1e4))

# Below this a newcomer's record, at a prior of .9, loses credit to this check alone (m(w) is full from .8 on).
SUFFERS_BELOW = float(np.log(0.8 / 0.2) - np.log(0.9 / 0.1))


def pair_log_odds(evidence: Evidence) -> Floats | None:
    """Log-odds of every pair that it is none of two halves, (n,), before the offset; None without enough reference.

    Members are judged by heads that have not seen them, and without themselves among their neighbours.
    """
    reference = evidence.reference
    if reference.pairs is None:
        return None
    odds = np.zeros(len(evidence))
    odds[evidence.is_member] = reference.pairs.odds[evidence.own[evidence.is_member]]
    strangers = np.flatnonzero(~evidence.is_member)
    odds[strangers] = log_odds(reference.pairs.heads, reference.pair_index, evidence.subjects.vectors[strangers])
    return np.clip(odds, -ODDS_MAX, ODDS_MAX)


def judge(evidence: Evidence) -> Opinion:
    """Log-odds of every pair; a finding where the weight suffers, with how the reference answers and asks nearby."""
    odds = pair_log_odds(evidence)
    if odds is None:
        half = np.full(len(evidence), 0.5)
        wanted = f"the reference has {len(evidence.reference)} pairs, {PAIRS_MIN} that say different things wanted"
        return Opinion(findings=_insufficient(evidence, [wanted] * len(evidence)), scores=half, log_odds=half * 0)
    scores = 1 / (1 + np.exp(-odds))
    calibration = evidence.reference.calibration
    # Where labels are judged as well, theirs is the term's offset and this one stands beside it.
    shared = evidence.reference.heads is None
    told = odds - (calibration.label_offset if shared else calibration.pair_offset)
    why_not = [_unjudged(evidence, place) for place in range(len(evidence))]
    told[[why is not None for why in why_not]] = 0.0
    suspects = np.flatnonzero((told < SUFFERS_BELOW) & ~evidence.rejected_by_rule)
    findings = [*_insufficient(evidence, why_not), *_suspects(evidence, suspects, told, scores)]
    return Opinion(findings=findings, scores=scores, log_odds=told)


def _unjudged(evidence: Evidence, place: int) -> str | None:
    """Why nothing can be said about a pair, or None."""
    if evidence.unserved[place]:
        return "the encoder does not serve the language of this record"
    for what, half in zip(("prompt", "response"), evidence.subjects.halves(place), strict=True):
        if not half.strip():
            return f"it has no {what}"
    return None


def _insufficient(evidence: Evidence, reasons: list[str] | list[str | None]) -> list[Finding]:
    return [
        insufficient(
            evidence,
            CHECK.name,
            Role.RESPONSE,
            place,
            f"whether the response belongs to its prompt cannot be judged: {why}",
        )
        for place, why in enumerate(reasons)
        if why is not None and not evidence.rejected_by_rule[place]
    ]


def _suspects(evidence: Evidence, suspects: np.ndarray, told: Floats, scores: Floats) -> list[Finding]:
    fit = evidence.reference.pairs
    if fit is None or not len(suspects):
        return []
    usual = float(np.median(1 / (1 + np.exp(-fit.odds))))
    related = _nearby(evidence, suspects)
    return [
        Finding(
            row=int(evidence.rows[place]),
            check=CHECK.name,
            severity=Severity.WARNING,
            field=evidence.datanet.name_of(Role.RESPONSE),
            message=f"the response answers its prompt with probability {scores[place]:.2f}, "
            f"{usual:.2f} is usual here; it may belong to another prompt",
            fix="give the response that this prompt calls for, in the words of the prompt's subject",
            evidence=float(told[place]),
            related=near,
        )
        for place, near in zip(suspects.tolist(), related, strict=True)
    ]


def _nearby(evidence: Evidence, places: np.ndarray) -> list[tuple[Related, ...]]:
    """Of each pair the reference record with the nearest prompt, and the one with the nearest response."""
    members, index = evidence.reference.members, evidence.reference.pair_index
    around = index.around(*halves(evidence.subjects.vectors[places]), NEAR + 1)
    own = evidence.own[places]
    sides = [near.without(own) for near in (around.prompts, around.responses)]
    found = []
    for place in range(len(places)):
        firsts = {int(near.rows[place, 0]): float(near.similarity[place, 0]) for near in reversed(sides)}
        found.append(
            tuple(
                Related(
                    record=members.ids[row],
                    contributor=members.contributors[row],
                    line=members.lines[row],
                    similarity=similarity,
                    text=members.texts[row],
                )
                for row, similarity in reversed(firsts.items())
            )
        )
    return found


def _has_pairs(datanet: Datanet) -> bool:
    return datanet.task is Task.INSTRUCTION


CHECK = Check(name="mismatched-response", term=Term.LABEL_NOISE, judge=judge, applies=_has_pairs)
