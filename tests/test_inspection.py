"""What becomes of each record: the whole engine on real text, real vectors and numbers."""

from pathlib import Path

import numpy as np
import pytest

from curation.checks import all_checks, checks_for
from curation.datanet.canonical import Value
from curation.datanet.record import Contribution
from curation.evidence.known import Known, joined
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Severity, Term
from curation.fitting import fit_reference
from curation.ground import Ground, cross_fitted, evidence_on
from curation.inspection import Inspection, Judged, inspect
from curation.past import Past
from curation.quality import Audited
from curation.setting import Setting
from curation.verdict import Verdict
from tests.engine_sample import (
    a_card,
    a_contribution,
    a_rule,
    cluster_reference,
    cluster_rows,
    clusters,
    evidence_about,
    in_the_middle,
    medical_card,
    medical_evidence,
    medical_rows,
    records_of,
)
from tests.one_encoder import one_encoder

CARD = a_card()
STATISTICAL = {"outlier", "label-noise", "near-duplicate", "paraphrase", "language", "gibberish"}
HONEST: list[dict[str, Value]] = [
    {
        "id": "h1",
        "question": "My chest feels tight after a short run. Should I have my heart checked?",
        "topic": "heart",
    },
    {"id": "h2", "question": "My gums bleed each time I brush. What can I do about it?", "topic": "teeth"},
    {"id": "h3", "question": "How much insulin do I need after a large bowl of rice at lunch?", "topic": "diabetes"},
    {
        "id": "h4",
        "question": "A red ring is spreading on my arm and it itches at night. What cream helps?",
        "topic": "skin",
    },
]


@pytest.fixture(scope="module")
def numbers() -> Reference:
    return cluster_reference(40, 3)


def critical(*positions: int) -> list[RuleResult]:
    return [RuleResult(rule=a_rule(Severity.CRITICAL), positions=positions)]


def only(inspection: Inspection) -> Judged:
    (row,) = inspection.rows
    return row


def test_honest_questions_are_accepted_whole(encoder_cache: Path) -> None:
    for row in inspect(medical_evidence(encoder_cache, HONEST)).rows:
        assert row.verdict is Verdict.ACCEPT
        assert row.weight is not None
        assert row.weight > 0.8
        assert row.novelty == 1.0


def test_every_statistical_check_scores_every_parsed_record(encoder_cache: Path) -> None:
    rows = [HONEST[0], None, dict(medical_rows()[3]), {"id": "x", "question": "?", "topic": "astrology"}]
    judged = inspect(medical_evidence(encoder_cache, rows, critical(0))).rows
    for row in judged:
        assert set(row.scores) == (set() if row.record is None else STATISTICAL)
        assert all(0 <= score <= 1 for score in row.scores.values())


def test_a_weight_is_explained_by_the_parts_that_add_up_to_it(encoder_cache: Path) -> None:
    wrong = HONEST[1] | {"topic": "pregnancy"}
    for row in inspect(medical_evidence(encoder_cache, [*HONEST, wrong])).rows:
        assert row.weight == pytest.approx(1 / (1 + np.exp(-sum(row.evidence.values()))), abs=1e-6)
        assert set(row.evidence) == {"prior", Term.RULES, Term.STRANGENESS, Term.LABEL_NOISE}


def test_unreadable_rows_stay_in_the_count_and_in_their_place(numbers: Reference) -> None:
    first, second = cluster_rows(["class-0"] * 2, start=300)
    inspection = inspect(in_the_middle(numbers, [None, first, None, second]))
    assert [(row.row, row.line, row.record is None) for row in inspection.rows] == [
        (0, 1, True),
        (1, 2, False),
        (2, 3, True),
        (3, 4, False),
    ]
    for row in inspection.rows[::2]:
        assert (row.verdict, row.weight, row.novelty, row.digest) == (Verdict.REJECT, None, None, None)
        assert [finding.check for finding in row.findings] == ["unreadable"]


@pytest.mark.parametrize("rows", [[], [None], [None, None]])
def test_nothing_readable_is_inspected_all_the_same(numbers: Reference, rows: list[None]) -> None:
    assert [row.verdict for row in inspect(in_the_middle(numbers, rows)).rows] == [Verdict.REJECT] * len(rows)


def test_a_critical_rule_rejects_and_a_warning_weighs(numbers: Reference) -> None:
    rows = cluster_rows(["class-0"] * 3, start=300)
    results = [*critical(1), RuleResult(rule=a_rule(Severity.WARNING, -3.0, "demo/vague"), positions=(2,))]
    plain, rejected, docked = inspect(in_the_middle(numbers, rows, results=results)).rows
    assert (plain.verdict, rejected.verdict) == (Verdict.ACCEPT, Verdict.REJECT)
    assert plain.weight is not None
    assert docked.weight is not None
    assert docked.evidence["rules"] == -3.0
    assert docked.weight < plain.weight


def test_evidence_of_several_rules_adds_up(numbers: Reference) -> None:
    results = [
        RuleResult(rule=a_rule(Severity.WARNING, odds, f"demo/r{odds}"), positions=(0,)) for odds in (-1.0, -0.5)
    ]
    row = only(inspect(in_the_middle(numbers, cluster_rows(["class-0"], start=300), results=results)))
    assert row.evidence["rules"] == -1.5


def test_what_cannot_be_judged_is_unchecked(numbers: Reference) -> None:
    row = only(inspect(in_the_middle(numbers, cluster_rows(["class-9"], start=300))))
    assert row.verdict is Verdict.UNCHECKED
    assert row.evidence["label-noise"] == 0


def test_a_held_record_goes_to_review_whatever_its_weight(encoder_cache: Path) -> None:
    text = str(medical_rows()[0]["question"]).replace("Could this be", "Could this not be")
    row = only(inspect(medical_evidence(encoder_cache, [{"id": "x", "question": text, "topic": "heart"}])))
    assert row.weight is not None
    assert row.weight > 0.8
    assert row.verdict is Verdict.REVIEW


def test_statistics_never_reject(encoder_cache: Path) -> None:
    rows: list[dict[str, Value]] = [
        {"id": "1", "question": "asdf qwer zxcv", "topic": "eyes"},
        {"id": "2", "question": "Мой отец чувствует давление в груди, когда поднимается по лестнице.", "topic": "skin"},
        {"id": "3", "question": "My gums bleed each time I brush my teeth.", "topic": "pregnancy"},
        {"id": "4", "question": "The midfielder scored twice. " * 300, "topic": "teeth"},
        {"id": "5", "question": str(medical_rows()[0]["question"]) + " Thanks.", "topic": "heart"},
    ]
    judged = inspect(medical_evidence(encoder_cache, rows)).rows
    for row in judged[:4]:
        assert row.verdict in (Verdict.ACCEPT, Verdict.REVIEW)
        assert row.weight is not None
        # What is accepted all the same earns in part only.
        assert row.weight < medical_card().policy.weight_ramp[1]
    assert [row.verdict for row in judged[1:4]] == [Verdict.REVIEW] * 3
    # A near copy is not bad, it is not new.
    assert judged[4].verdict is Verdict.ACCEPT
    assert judged[4].novelty == 0.0


def test_copies_have_no_novelty_and_the_first_has_all(encoder_cache: Path) -> None:
    known = dict(medical_rows()[5])
    disguised = known | {"id": "d", "question": str(known["question"]).upper().replace("A", "А")}
    padded = HONEST[0] | {
        "id": "p",
        "question": f"Hello dear doctor. {HONEST[0]['question']} Many thanks to you for the answer.",
    }
    rows = inspect(
        medical_evidence(encoder_cache, [known | {"id": "k"}, disguised, HONEST[0], HONEST[0] | {"id": "c"}, padded])
    ).rows
    assert [row.novelty for row in rows] == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert [row.verdict for row in rows[:4]] == [Verdict.REJECT, Verdict.ACCEPT, Verdict.ACCEPT, Verdict.REJECT]
    assert [row.is_copy for row in rows] == [True, False, False, True, False]


def test_a_copy_knows_what_it_would_be_if_the_original_went(encoder_cache: Path) -> None:
    first, copy = inspect(medical_evidence(encoder_cache, [HONEST[0], HONEST[0] | {"id": "c"}])).rows
    assert (copy.verdict, copy.novelty) == (Verdict.REJECT, 0.0)
    assert (copy.otherwise, copy.otherwise_novelty) == (first.verdict, first.novelty)
    assert copy.weight == pytest.approx(first.weight, abs=1e-6)


def test_of_rejected_rows_nothing_is_taken(numbers: Reference) -> None:
    row = cluster_rows(["class-0"], start=300)[0]
    close = row | {"text": f"{row['text']} today"}
    inspection = inspect(in_the_middle(numbers, [row, row | {"id": "2"}, close], results=critical(0, 1)))
    assert [one.verdict for one in inspection.rows] == [Verdict.REJECT, Verdict.REJECT, Verdict.ACCEPT]
    assert inspection.rows[2].novelty == 1.0
    assert not inspection.rows[1].is_copy


@pytest.mark.parametrize("company", [1, 40])
def test_an_unrelated_record_in_the_same_file_moves_no_weight(encoder_cache: Path, company: int) -> None:
    kinds = ["blood", "budget", "kitchen", "garden"]
    reports = [f"Case {place}: the {kinds[place % 4]} report of ward {place} is late." for place in range(company)]
    others: list[dict[str, Value]] = [{"question": text, "topic": "eyes"} for text in reports]
    watched = [*HONEST, HONEST[1] | {"id": "w", "topic": "pregnancy"}]
    together = inspect(medical_evidence(encoder_cache, [*others, *watched])).rows[company:]
    for row, beside in zip(watched, together, strict=True):
        alone = only(inspect(medical_evidence(encoder_cache, [row])))
        assert alone.weight is not None
        assert beside.verdict is alone.verdict
        assert beside.weight == pytest.approx(alone.weight, abs=1e-3)


def test_a_flood_of_a_contributors_own_kind_moves_no_weight(numbers: Reference) -> None:
    vectors, labels = clusters(30, 3, seed=41)
    contribution = a_contribution(CARD, cluster_rows(labels, start=300))
    together = inspect(evidence_about(contribution, CARD, numbers, vectors)).rows
    for place in (0, 31, 89):
        alone = a_contribution(CARD, cluster_rows([labels[place]], start=300 + place))
        row = only(inspect(evidence_about(alone, CARD, numbers, vectors[[place]])))
        assert row.weight == pytest.approx(together[place].weight, abs=1e-6)


def test_the_same_input_gives_the_same_result(encoder_cache: Path) -> None:
    first, second = (inspect(medical_evidence(encoder_cache, [*HONEST, None])) for _ in range(2))
    assert first == second


def test_ones_own_audits_move_the_prior(numbers: Reference) -> None:
    evidence = in_the_middle(numbers, cluster_rows(["class-0"], start=300))
    good, none, bad = (only(inspect(evidence, audited)) for audited in (Audited(50, 0), Audited(), Audited(0, 50)))
    assert good.weight is not None
    assert none.weight is not None
    assert bad.weight is not None
    assert good.weight > none.weight > bad.weight


def test_the_reference_that_judged_is_named(numbers: Reference) -> None:
    assert inspect(in_the_middle(numbers, [])).reference == numbers.version


def test_a_datanet_without_labels_has_no_label_check() -> None:
    card = a_card("text")
    vectors, labels = clusters(40, 1)
    rows = [{"text": row["text"]} for row in cluster_rows(labels)]
    reference = fit_reference(records_of(card, rows, vectors), card, b"card", "numbers", None)
    contribution = a_contribution(card, [{"text": "the plain words of a stranger"}])
    row = only(inspect(evidence_about(contribution, card, reference, vectors[:1])))
    assert "label-noise" not in row.scores
    assert row.verdict is Verdict.ACCEPT
    assert row.evidence["label-noise"] == 0


def test_every_check_is_found_and_applies_by_task() -> None:
    names = {check.name for check in all_checks()}
    assert STATISTICAL | {"exact-duplicate", "slot-variation", "length", "hub", "rules", "thin-reference"} <= names
    table = {check.name for check in checks_for(a_card("table"))}
    assert not table & {"language", "length", "hub", "paraphrase", "label-noise"}
    assert {"outlier", "near-duplicate", "exact-duplicate", "rules"} <= table


# Without a reference, and on import ------------------------------------------------------------------------------


def ground(encoder_cache: Path, reference: Reference | None = None) -> Ground:
    encoder = one_encoder(encoder_cache)
    setting = Setting(datanet=medical_card(), card=b"card", rules=(), load=lambda: encoder, say=lambda *_: None)
    nothing = joined([], table=False)
    return Ground(
        setting=setting,
        past=Past(
            known=nothing,
            standings=(),
            imported=np.zeros(0, dtype=np.bool_),
            places=np.zeros(0, dtype=np.int64),
            seqs=np.zeros(0, dtype=np.int64),
            rulings={},
        ),
        reference=reference,
    )


def rows_of(topics: set[str], count: int) -> Contribution:
    chosen = [dict(row) for row in medical_rows() if row["topic"] in topics][:count]
    return a_contribution(medical_card(), chosen)


@pytest.mark.parametrize("count", [0, 1, 2, 12, 60])
def test_without_a_reference_all_is_checked_against_itself_and_unchecked(encoder_cache: Path, count: int) -> None:
    evidence = evidence_on(ground(encoder_cache), rows_of({"heart", "teeth"}, count))
    inspection = inspect(evidence)
    assert inspection.self_checked
    assert inspection.reference is None
    assert [row.verdict for row in inspection.rows] == [Verdict.UNCHECKED] * count
    for row in inspection.rows:
        assert set(row.scores) == STATISTICAL
        assert "thin-reference" in {finding.check for finding in row.findings}


def test_against_itself_a_wrong_label_still_scores_least(encoder_cache: Path) -> None:
    contribution = rows_of({"heart", "teeth"}, 50)
    rows = [dict(record.values) for record in contribution.records]
    rows[4]["topic"] = "teeth" if rows[4]["topic"] == "heart" else "heart"
    inspection = inspect(evidence_on(ground(encoder_cache), a_contribution(medical_card(), rows)))
    scores = [row.scores["label-noise"] for row in inspection.rows]
    assert int(np.argmin(scores)) == 4


def test_a_small_reference_is_not_judged_by(encoder_cache: Path) -> None:
    assert not ground(encoder_cache, cluster_reference(30, 3)).is_enough
    assert ground(encoder_cache, cluster_reference(40, 3)).is_enough


def test_an_import_gets_ordinary_verdicts_and_all_but_its_rejected_records_are_members(encoder_cache: Path) -> None:
    rows = [dict(row) for row in medical_rows()[:120]]
    rows += [rows[0] | {"id": "copy"}, rows[7] | {"id": "near", "question": f"{rows[7]['question']} Thanks."}]
    evidence = cross_fitted(
        ground(encoder_cache), a_contribution(medical_card(), rows, "owner"), beside=(), self_checked=False
    )
    verdicts = [row.verdict for row in inspect(evidence).rows]
    assert verdicts[120] is Verdict.REJECT
    assert Verdict.UNCHECKED not in verdicts
    assert verdicts.count(Verdict.ACCEPT) > 100
    assert evidence.is_member[0]
    # The exact copy is rejected; the near one is accepted, but would make everything beside it look ordinary.
    assert not evidence.is_member[120:].any()


def test_what_a_rule_rejects_is_no_yardstick(numbers: Reference) -> None:
    from curation.ground import _not_rejected

    rows = cluster_rows(["class-0"] * 4, start=300)
    subjects: Known = in_the_middle(numbers, [*rows, dict(rows[3])]).subjects
    kept = _not_rejected(subjects, critical(1), set())
    assert kept.ids == tuple(subjects.ids[place] for place in (0, 2, 3))
    assert _not_rejected(subjects, [], set(subjects.digests[:2])).ids == (subjects.ids[2], subjects.ids[3])
    warned = [RuleResult(rule=a_rule(Severity.WARNING), positions=(1,))]
    assert len(_not_rejected(subjects, warned, set())) == 4
