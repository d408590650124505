"""The words of an earlier record with little changed. Not bad, but not new: it lowers novelty, never the weight."""

from collections.abc import Callable, Sequence

import numpy as np

from curation.checks import Check, named, related_other
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.told_words import told_words
from curation.finding import Finding, Opinion, Severity, Term

# From here on the same text under another label is one of the two being wrong, not two people saying alike things. The
# lowest that holds less than 1 % of honest banking questions (.9 %; .80 would hold 1.7 %).
SAME_TEXT_MIN = 0.84
# Words of the one that all stand in the other make the same text only when the meaning is nearly the same as well.
SAME_MEANING_COSINE_MIN = 0.9


def judge(evidence: Evidence) -> Opinion:
    """Similarity in words to the closest earlier record; a finding where novelty falls below one.

    The same text under another label, and a pair that differs in a negation alone, go to review.
    """
    low, _ = evidence.datanet.policy.novelty_ramp
    counted = np.zeros(len(evidence))
    raw = np.zeros(len(evidence))
    findings = []
    for place, matches in enumerate(evidence.matches):
        raw[place] = max((match.raw for match in matches), default=0.0)
        # Byte for byte the same is the business of `exact-duplicate`.
        content = evidence.subjects.digests[place]
        copies = [
            match for match in matches if match.kind is not Kind.FACT and evidence.others.digests[match.row] != content
        ]
        same = [match for match in copies if _label_of(evidence, match.row) == evidence.subjects.labels[place]]
        other = [match for match in copies if _label_of(evidence, match.row) != evidence.subjects.labels[place]]
        counted[place] = max((match.similarity for match in same), default=0.0)
        held = _first_that(_same_text, other)
        if held is not None:
            findings.append(_finding(evidence, place, held, low, relabelled=True))
        if counted[place] <= low:
            continue
        # The twin may stand behind a plain copy, which says whose words these are and holds nothing.
        negated = _first_that(lambda match: match.kind is Kind.NEGATED and match.similarity > low, same)
        told = [match for match in (same[0], negated) if match is not None]
        findings += [_finding(evidence, place, match, low, relabelled=False) for match in dict.fromkeys(told)]
    return Opinion(findings=findings, scores=1.0 - raw, similarity=counted)


def _label_of(evidence: Evidence, row: int) -> str | None:
    return evidence.others.labels[row]


def _first_that(holds: Callable[[Match], bool], matches: Sequence[Match]) -> Match | None:
    return next(filter(holds, matches), None)


def _same_text(match: Match) -> bool:
    return (match.similarity if match.cosine >= SAME_MEANING_COSINE_MIN else match.raw) >= SAME_TEXT_MIN


def _finding(evidence: Evidence, place: int, match: Match, low: float, *, relabelled: bool) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    negated = match.kind is Kind.NEGATED
    what = "under another label" if relabelled else "but for a negation" if negated else "with little changed"
    texts = (
        ("without", match.removed, evidence.others.texts[match.row]),
        ("with", match.added, evidence.subjects.texts[place]),
    )
    changed = "; ".join(f"{verb} {told_words(words[:8], text)!r}" for verb, words, text in texts if words)
    # Of a copy cut short the share is its own.
    cut_short = match.similarity > match.raw and len(match.added) < len(match.removed)
    whose = "its words are those" if cut_short else "the words"
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD if relabelled or negated else Severity.WARNING,
        message=f"{match.similarity:.2f} of {whose} of {named(partner)}, which came first, "
        f"{what}{': ' + changed if changed else ''}; at most {low:.2f} wanted",
        fix="leave it out, or say something that the earlier record does not say",
        suggested=_label_of(evidence, match.row) if relabelled else None,
        related=(partner,),
    )


CHECK = Check(name="near-duplicate", term=Term.NOVELTY, judge=judge)
