from curation.ledger.standing import Inspected, Ruling, Standing, Why, standings
from curation.verdict import Verdict


def record(name: str, content: str | None = "same", verdict: str = "accept", **more: object) -> Inspected:
    base = Inspected(
        record=name, datanet="d", content=content, verdict=Verdict(verdict), weight=900_000, novelty=1_000_000
    )
    return Inspected(**(vars(base) | more))


def copy_of_same(name: str, otherwise: str = "accept") -> Inspected:
    return record(name, verdict="reject", otherwise=Verdict(otherwise), novelty=0, otherwise_novelty=1_000_000)


def settled(
    records: list[Inspected], decided: dict[str, tuple[int, str]] | None = None, withdrawn: tuple[str, ...] = ()
) -> dict[str, Standing]:
    rulings = {name: Ruling(seq=seq, decision=said, by="cy") for name, (seq, said) in (decided or {}).items()}
    return {one.record: one for one in standings(records, rulings, withdrawn)}


def told(found: dict[str, Standing]) -> list[tuple[str, str]]:
    return [(one.verdict.value, one.why.value) for one in found.values()]


THREE = [record("a"), copy_of_same("b"), copy_of_same("c")]


def test_without_people_inspection_holds_and_copies_name_the_first() -> None:
    found = settled([*THREE, record("d", "other", "review"), record("e", None, "unchecked")])
    assert told(found) == [
        ("accept", "inspected"),
        ("reject", "copy"),
        ("reject", "copy"),
        ("review", "inspected"),
        ("unchecked", "inspected"),
    ]
    assert found["c"].partner == "a"
    assert (found["c"].novelty, found["a"].novelty) == (0, 1_000_000)


def test_the_latest_decision_wins_and_sets_the_weight() -> None:
    assert settled([record("a", verdict="review")], {"a": (1, "accept")})["a"].weight == 1_000_000
    assert settled([record("a", verdict="reject")], {"a": (1, "relabel")})["a"].verdict is Verdict.ACCEPT
    found = settled([record("a")], {"a": (2, "reject")})["a"]
    assert (found.verdict, found.weight, found.why, found.ruling) == (
        Verdict.REJECT, 0, Why.DECIDED, Ruling(seq=2, decision="reject", by="cy"),
    )  # fmt: skip


def test_an_acceptance_leaves_copies_copies_and_a_rejection_covers_them() -> None:
    assert told(settled(THREE, {"a": (1, "accept")})) == [("accept", "decided"), ("reject", "copy"), ("reject", "copy")]
    assert told(settled(THREE, {"a": (1, "reject")})) == [("reject", "decided")] * 3
    assert told(settled(THREE, {"c": (1, "reject")})) == [("reject", "decided")] * 3


def test_a_decision_about_one_of_several_covers_the_content() -> None:
    # Rejected alike by a rule, so neither was found to copy the other; the acceptance makes the first stand.
    twins = [record("a", verdict="reject"), record("b", verdict="reject")]
    assert told(settled(twins)) == [("reject", "inspected")] * 2
    assert told(settled(twins, {"b": (1, "accept")})) == [("accept", "decided"), ("accept", "decided")]
    found = settled(twins, {"a": (1, "accept")})
    assert told(found) == [("accept", "decided"), ("reject", "copy")]
    assert found["b"].partner == "a"


def test_what_a_person_says_of_the_copy_itself_holds_without_novelty() -> None:
    found = settled(THREE, {"b": (1, "accept")})
    assert told(found) == [("accept", "decided"), ("accept", "decided"), ("reject", "copy")]
    assert (found["b"].novelty, found["b"].weight) == (0, 1_000_000)
    assert told(settled(THREE, {"b": (1, "accept"), "a": (2, "reject")})) == [("reject", "decided")] * 3
    assert told(settled(THREE, {"b": (1, "reject"), "a": (2, "accept")})) == told(settled(THREE, {"a": (2, "accept")}))


def test_a_withdrawn_record_is_succeeded_by_the_next() -> None:
    found = settled(THREE, withdrawn=("a",))
    assert told(found) == [("withdrawn", "withdrawn"), ("accept", "succeeded"), ("reject", "copy")]
    assert (found["b"].novelty, found["c"].partner) == (1_000_000, "b")
    assert told(settled(THREE, withdrawn=("a", "b")))[2] == ("accept", "succeeded")
    assert told(settled([record("a"), copy_of_same("b", "review")], withdrawn=("a",)))[1] == ("review", "succeeded")
    assert told(settled(THREE, withdrawn=("b",))) == [
        ("accept", "inspected"), ("withdrawn", "withdrawn"), ("reject", "copy"),
    ]  # fmt: skip


def test_a_decision_about_a_withdrawn_record_still_covers_its_content() -> None:
    found = settled(THREE, {"a": (1, "reject")}, withdrawn=("a",))
    assert told(found) == [("withdrawn", "withdrawn"), ("reject", "decided"), ("reject", "decided")]
    assert told(settled(THREE, {"a": (1, "accept")}, ("a",)))[1] == ("accept", "decided")


def test_other_datanets_and_other_contents_are_not_touched() -> None:
    elsewhere = record("x", datanet="other")
    found = settled(
        [record("a"), elsewhere, record("e", None), record("f", None)], {"a": (1, "reject"), "e": (2, "reject")}
    )
    assert told(found) == [
        ("reject", "decided"), ("accept", "inspected"), ("reject", "decided"), ("accept", "inspected"),
    ]  # fmt: skip
