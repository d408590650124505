"""How new each record is today, before a model freezes it: what inspection said, but where that no longer holds.

Two things change it. A record that another one partly repeats falls (rejected, withdrawn): the next one succeeds it.
Or somebody shows what they had committed to: what others submitted in between was not first.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from curation.checks.near_duplicate import CHECK as NEAR_DUPLICATE
from curation.datanet.record import Contribution, Record
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.ground import Ground
from curation.past import Past
from curation.quality import MICRO, novelty
from curation.rewards.membership import Standing
from curation.verdict import Verdict

_FALLEN = (Verdict.REJECT, Verdict.WITHDRAWN)


def standings_now(ground: Ground, partners: Mapping[str, str]) -> tuple[Standing, ...]:
    """Every record of a datanet in the order of who was first; `partners` are those that inspection named."""
    past = ground.past
    found = [
        Standing(
            record=one.record,
            contributor=past.known.contributors[row],
            imported=bool(past.imported[row]),
            accepted=one.verdict is Verdict.ACCEPT,
            weight=one.weight or 0,
            novelty=one.novelty or 0,
            partner=one.partner or partners.get(one.record),
        )
        for row, one in enumerate(past.standings)
    ]
    stale = _stale(past, found)
    for seq in sorted({int(past.seqs[row]) for row in stale}):
        for row, (fresh, partner) in _again(ground, seq).items():
            if row in stale:
                found[row] = replace(found[row], novelty=fresh, partner=partner)
    return tuple(found)


def _stale(past: Past, found: list[Standing]) -> set[int]:
    """The rows whose novelty has to be seen again."""
    fallen = {one.record for one in past.standings if one.verdict in _FALLEN}
    # What is an exact copy now keeps no novelty, whatever it is near to.
    open_rows = [row for row, one in enumerate(found) if one.accepted and past.standings[row].partner is None]
    stale = {row for row in open_rows if found[row].partner in fallen}
    committed = {(int(place), int(seq)) for place, seq in zip(past.places, past.seqs, strict=True) if place != seq}
    for place, seq in committed:
        stale |= {row for row in open_rows if past.places[row] > place and past.seqs[row] < seq}
    return stale


def _again(ground: Ground, seq: int) -> dict[int, tuple[int, str | None]]:
    """Novelty, in millionths, and partner of the standing records of one contribution, by row of the past."""
    past, datanet = ground.past, ground.setting.datanet
    assert ground.reference is not None, "nothing is trained without a reference"
    standing = np.array([one.verdict not in _FALLEN for one in past.standings], dtype=np.bool_)
    own = np.flatnonzero((past.seqs == seq) & standing)
    before = np.flatnonzero(standing & (np.arange(len(standing)) < own[0]))
    subjects, earlier = _with_vectors(ground, past.known.taken(own)), _with_vectors(ground, past.known.taken(before))
    evidence = Evidence(
        contribution=_contribution(subjects, datanet.name),
        datanet=datanet,
        subjects=subjects,
        reference=ground.reference,
        earlier=earlier,
        own=np.full(len(subjects), -1, dtype=np.int64),
        rule_results=(),
        self_checked=False,
        encoder_languages=frozenset(datanet.encoder.languages),
    )
    opinion = NEAR_DUPLICATE.judge(evidence)
    assert opinion.similarity is not None, "near-duplicate always says how alike"
    fresh = novelty(opinion.similarity, datanet.policy.novelty_ramp)
    closest: dict[int, tuple[float, str]] = {}
    for finding in opinion.findings:
        if finding.suggested is None and finding.related:
            partner = finding.related[0]
            closest[finding.row] = max(closest.get(finding.row, (0.0, "")), (partner.similarity, partner.record))
    return {
        int(row): (round(float(fresh[place]) * MICRO), closest[place][1] if place in closest else None)
        for place, row in enumerate(own)
    }


def _contribution(subjects: Known, datanet: str) -> Contribution:
    rows = []
    for row, record in enumerate(subjects.ids):
        content = subjects.values(row)
        rows.append(Record(id=record, index=row, line=subjects.lines[row], values=content, content=content))
    contributor = subjects.contributors[0]
    return Contribution(datanet=datanet, contributor=contributor, file_name="", file_digest="", rows=tuple(rows))


def _with_vectors(ground: Ground, known: Known) -> Known:
    if not ground.setting.table or ground.reference is None:
        return known
    return known.with_vectors(ground.setting.vectors(known, ground.reference.features))
