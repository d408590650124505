"""Unlike anything in the reference: far from its nearest records and, with labels, like no label's head."""

from collections.abc import Mapping

import numpy as np

from curation.checks import Check, conformal_opinion
from curation.datanet.canonical import Value
from curation.datanet.shown import shown
from curation.evidence.evidence import Evidence
from curation.evidence.rule_message import value_shown
from curation.finding import Floats, Opinion, Term

NEIGHBOURS_JUDGED = 3

# A value so far from the middle, or so rare a category, is odd by itself.
ODD_SPREADS_MIN = 2.0
DIFFERENCES_TOLD = 2

# The last bits of a matrix product depend on its size; two rows that say the same must have the same rank.
DECIMALS = 6


def measures(evidence: Evidence) -> Mapping[str, Floats]:
    """Mean distance to the three nearest reference records, and how little the likeliest label's head responds."""
    near = evidence.neighbours
    found = near.rows[:, :NEIGHBOURS_JUDGED] >= 0
    distance = np.where(found, 1.0 - near.similarity[:, :NEIGHBOURS_JUDGED], 0.0).sum(axis=1)
    parts = {"distance": (distance / np.maximum(found.sum(axis=1), 1)).astype(np.float64)}
    if evidence.logits.shape[1]:
        parts["coolness"] = -evidence.logits.max(axis=1)
    return parts


def nonconformity(evidence: Evidence) -> Floats:
    """The sum of the measures, (n,), in spreads from the reference's median; rounded, so that equals stay equal."""
    total = np.zeros(len(evidence))
    for name, values in measures(evidence).items():
        centre, spread = evidence.reference.scales.get(f"outlier/{name}", (0.0, 1.0))
        total += (values - centre) / spread
    return np.round(total, DECIMALS)


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all; a finding names the nearest records, or the field of a table that is farthest off."""
    strange = nonconformity(evidence)
    similarity = evidence.neighbours.similarity[:, 0]
    typical = 1.0 - evidence.reference.scales.get("outlier/distance", (0.0, 1.0))[0]

    def said(place: int) -> tuple[str, str]:
        if not evidence.has_text:
            return _odd_field(evidence, place), "check the value and its unit"
        return (
            f"the nearest reference record has similarity {similarity[place]:.2f}, about {typical:.2f} is usual here",
            "submit it to the datanet that it belongs to, or say what it has to do with this one",
        )

    # What is farther off than this is 0 to every digit, and its exponential no number.
    scores = 1.0 / (1.0 + np.exp(np.minimum(strange / 4.0, 700.0)))
    return conformal_opinion(evidence, CHECK.name, strange, scores, said)


def _odd_field(evidence: Evidence, place: int) -> str:
    """Which value is odd; where each by itself is usual, in what the nearest reference row has another."""
    features = evidence.reference.features
    if features is None:
        return "no row of the reference has this combination of values"
    values = evidence.contribution.records[place].values
    found = features.deviations(values)
    if found and found[0].spreads >= ODD_SPREADS_MIN:
        one = found[0]
        if one.having is None:
            told = f"{one.spreads:.1f} spreads from the reference's middle"
        else:
            told = f"which {one.having or 'no'}{f' of {one.rows}' if one.having else ''} reference rows have"
        return f"`{one.name}` is {_value(evidence, one.name, values)}, {told}, and no reference row is like this one"
    nearest = int(evidence.neighbours.rows[place, 0])
    other = evidence.reference.members.values(nearest) if nearest >= 0 else {}
    apart = [
        f"`{name}` is {_value(evidence, name, values)} here and {_value(evidence, name, other)} there"
        for _, name in features.differences(values, other)[:DIFFERENCES_TOLD]
    ]
    told = "; in the nearest one " + ", ".join(apart) if apart else ""
    return f"each value is usual, but no row of the reference has this combination of values{told}"


def _value(evidence: Evidence, name: str, values: Mapping[str, Value]) -> str:
    field = evidence.datanet.field(name)
    unit = f" {shown(field.unit, 40)}" if field is not None and field.unit else ""
    return f"{value_shown(values[name])}{unit}"


CHECK = Check(name="outlier", term=Term.STRANGENESS, judge=judge, nonconformity=nonconformity, measures=measures)
