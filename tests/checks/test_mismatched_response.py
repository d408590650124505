"""A response that belongs to another prompt is found, and where nobody can tell, that is said."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from curation.checks import checks_for
from curation.checks.mismatched_response import ODDS_MAX, SUFFERS_BELOW, pair_log_odds
from curation.datanet.canonical import Value
from curation.datanet.card import Datanet
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.evidence.pairs import joined_halves
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Severity
from curation.fitting import fit_reference
from curation.inspection import inspect
from tests.advice import PAIRS, rows
from tests.engine_sample import a_card, a_contribution, a_rule, evidence_about, judged_by, records_of
from tests.one_encoder import one_encoder

CARD = a_card("instruction")
ROSES = "How often do roses want water?"
ROSES_WATERED = "Water roses twice a week at the root, more often in pots."
DESCALED = "Boil vinegar and water in the coffee machine to dissolve the scale."
Pairs = Sequence[tuple[str, str]]


def vectors_of(known: Known, cache: Path) -> np.ndarray:
    sides = zip(*(known.halves(row) for row in range(len(known))), strict=True)
    return joined_halves(*(one_encoder(cache).encode(list(side)) for side in sides))


def reference_of(pairs: Pairs, cache: Path, card: Datanet = CARD, labels: Sequence[str] = ()) -> Reference:
    written = rows(pairs)
    for row, label in zip(written, labels, strict=False):
        row["topic"] = label
    known = records_of(card, written)
    return fit_reference(known.with_vectors(vectors_of(known, cache)), card, b"card", "encoder", None)


@pytest.fixture(scope="module")
def advice(encoder_cache: Path) -> Reference:
    return reference_of(PAIRS, encoder_cache)


def asked(
    reference: Reference,
    pairs: Pairs,
    cache: Path,
    *,
    card: Datanet = CARD,
    results: Sequence[RuleResult] = (),
    serves: Sequence[str] = ("en",),
) -> Evidence:
    contribution = a_contribution(card, rows(pairs))
    vectors = vectors_of(records_of(card, rows(pairs)), cache)
    return evidence_about(contribution, card, reference, vectors, results=results, serves=serves)


def test_a_response_to_another_prompt_is_found(advice: Reference, encoder_cache: Path) -> None:
    opinion = judged_by(
        "mismatched-response", asked(advice, [(ROSES, ROSES_WATERED), (ROSES, DESCALED)], encoder_cache)
    )
    (finding,) = opinion.findings
    assert (finding.row, finding.severity, finding.field) == (1, Severity.WARNING, "answer")
    assert opinion.scores is not None
    assert opinion.log_odds is not None
    assert opinion.scores[0] > 0.9
    assert opinion.scores[1] < 0.2
    assert f"with probability {opinion.scores[1]:.2f}, " in finding.message
    assert opinion.log_odds[0] > 0 > SUFFERS_BELOW > opinion.log_odds[1] == finding.evidence


def test_it_names_the_nearest_prompt_and_the_nearest_response(advice: Reference, encoder_cache: Path) -> None:
    (finding,) = judged_by("mismatched-response", asked(advice, [(ROSES, DESCALED)], encoder_cache)).findings
    nearest = [one.text.split("\n")[0] for one in finding.related]
    assert nearest == ["How often should I water tomato plants?", "How do I remove limescale from a kettle?"]
    assert all(0 < one.similarity <= 1 for one in finding.related)


def test_one_record_that_is_nearest_on_both_sides_is_named_once(advice: Reference, encoder_cache: Path) -> None:
    pair = ("Why are my tomatoes' leaves going yellow?", "Tomatoes. Leaves. Nettle tea. Nitrogen. Yellow.")
    evidence = asked(advice, [pair, (ROSES, "Nettle tea.")], encoder_cache)
    named = [[one.record for one in finding.related] for finding in judged_by("mismatched-response", evidence).findings]
    assert named
    assert all(len(set(records)) == len(records) for records in named)


def test_the_log_odds_are_those_of_the_score_less_the_offset(advice: Reference, encoder_cache: Path) -> None:
    opinion = judged_by(
        "mismatched-response", asked(advice, [(ROSES, ROSES_WATERED), (ROSES, DESCALED)], encoder_cache)
    )
    assert opinion.scores is not None
    assert opinion.log_odds is not None
    odds = np.log(opinion.scores / (1 - opinion.scores)).clip(-ODDS_MAX, ODDS_MAX)
    assert opinion.log_odds == pytest.approx(odds - advice.calibration.label_offset)


def test_the_members_mean_weight_is_the_declared_purity(advice: Reference) -> None:
    contribution = a_contribution(CARD, rows(), "owner")
    evidence = evidence_about(contribution, CARD, advice, advice.members.vectors)
    assert evidence.is_member.all()
    odds = pair_log_odds(evidence)
    assert odds is not None
    assert advice.pairs is not None
    assert np.array_equal(odds, advice.pairs.odds.clip(-ODDS_MAX, ODDS_MAX))
    weights = [row.weight or 0.0 for row in inspect(evidence).rows]
    assert np.mean(weights) == pytest.approx(CARD.policy.purity, abs=0.002)


def test_a_pair_is_judged_the_same_alone_and_in_company(advice: Reference, encoder_cache: Path) -> None:
    pairs = [(ROSES, ROSES_WATERED), (ROSES, DESCALED), *PAIRS[3:9]]
    together = pair_log_odds(asked(advice, pairs, encoder_cache))
    assert together is not None
    for place, pair in enumerate(pairs):
        # The encoder pads a batch to its longest text, which moves the last bits of a vector.
        assert pair_log_odds(asked(advice, [pair], encoder_cache)) == pytest.approx(together[place], abs=1e-3)


def test_a_thin_reference_is_insufficient(encoder_cache: Path) -> None:
    thin = reference_of(PAIRS[:12], encoder_cache)
    assert thin.pairs is None
    opinion = judged_by("mismatched-response", asked(thin, [(ROSES, DESCALED)], encoder_cache))
    (finding,) = opinion.findings
    assert finding.severity is Severity.INSUFFICIENT
    assert "the reference has 12 pairs, 20 " in finding.message
    assert opinion.scores is not None
    assert opinion.log_odds is not None
    assert (opinion.scores.tolist(), opinion.log_odds.tolist()) == ([0.5], [0.0])


@pytest.mark.parametrize(("pair", "what"), [(("", DESCALED), "prompt"), ((ROSES, " \n"), "response")])
def test_half_a_pair_is_insufficient(pair: tuple[str, str], what: str, advice: Reference, encoder_cache: Path) -> None:
    opinion = judged_by("mismatched-response", asked(advice, [pair], encoder_cache))
    (finding,) = opinion.findings
    assert (finding.severity, finding.evidence) == (Severity.INSUFFICIENT, 0.0)
    assert finding.message.endswith(f"it has no {what}")
    assert opinion.log_odds is not None
    assert opinion.log_odds.tolist() == [0.0]


def test_a_language_that_the_encoder_does_not_serve_is_insufficient(advice: Reference, encoder_cache: Path) -> None:
    evidence = asked(advice, [(ROSES, ROSES_WATERED)], encoder_cache, serves=["de"])
    (finding,) = judged_by("mismatched-response", evidence).findings
    assert "does not serve the language" in finding.message


def test_what_a_rule_rejects_is_not_told_a_second_time(advice: Reference, encoder_cache: Path) -> None:
    results = [RuleResult(rule=a_rule(Severity.CRITICAL), positions=(0, 2))]
    evidence = asked(advice, [(ROSES, DESCALED), (ROSES, DESCALED), ("", DESCALED)], encoder_cache, results=results)
    assert [finding.row for finding in judged_by("mismatched-response", evidence).findings] == [1]


def test_where_there_are_labels_both_are_said_in_one_number(encoder_cache: Path) -> None:
    fields: list[dict[str, Value]] = [
        {"name": "question", "role": "prompt"},
        {"name": "answer", "role": "response"},
        {"name": "topic", "role": "label"},
    ]
    card = a_card("instruction", fields=fields)
    topics = ["garden"] * 10 + ["pipes"] * 10 + ["home"] * 20
    reference = reference_of(PAIRS, encoder_cache, card, topics)
    assert reference.calibration.pair_offset != 0
    members = [{**row, "topic": topic} for row, topic in zip(rows(), topics, strict=True)]
    evidence = evidence_about(a_contribution(card, members, "owner"), card, reference, reference.members.vectors)
    judged = inspect(evidence).rows
    label, pair = (judged_by(name, evidence).log_odds for name in ("label-noise", "mismatched-response"))
    assert label is not None
    assert pair is not None
    assert [row.evidence["label-noise"] for row in judged] == pytest.approx(label + pair)
    assert np.mean([row.weight or 0.0 for row in judged]) == pytest.approx(card.policy.purity, abs=0.002)


def test_it_is_for_prompts_and_responses_alone() -> None:
    has = [task for task in ("text", "labelled-text", "instruction", "table") if applies(task)]
    assert has == ["instruction"]


def applies(task: str) -> bool:
    return "mismatched-response" in {check.name for check in checks_for(a_card(task))}
