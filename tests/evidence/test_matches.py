"""Vectors, sketches and canonical text propose; words decide what is a copy and what is another fact."""

from collections.abc import Sequence

import numpy as np
import pytest

from curation.evidence.known import joined
from curation.evidence.matches import (
    ALIKE_MAX,
    KEPT_MATCHES,
    PART_MAX,
    PROPOSED_BY_VECTOR,
    Kind,
    Match,
    Vocabulary,
    matches_of,
    proposed_rows,
    vocabulary_of,
)
from tests.engine_sample import Vectors, a_card, labelled, records_of

CARD = a_card()
DOSE = "Take 250 mg of the tablets with a glass of water after every meal"
# Every word but the names is common.
COMMON = Vocabulary(1000, dict.fromkeys([*DOSE.lower().split(), "please", "drink", "swallow", "pill", "can", "i"], 500))
BOILERPLATE = "thank you very much in advance for your kind help and have a wonderful day my dear friend in the clinic"


def match(text: str, earlier: str, *, vocabulary: Vocabulary = COMMON, angle: float = 0.0) -> Match:
    """How a text matches an earlier one, when their vectors are this far apart."""
    first = records_of(CARD, labelled([text]), np.array([[np.cos(angle), np.sin(angle)]], dtype=np.float32))
    second = records_of(CARD, labelled([earlier]), np.array([[1, 0]], dtype=np.float32))
    (found,) = matches_of(first, second, [np.array([0])], vocabulary)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("changed", "removed", "added"),
    [
        (DOSE.replace("250", "260"), ("250",), ("260",)),
        (DOSE.replace("mg", "g"), ("mg",), ("g",)),
        (DOSE.replace("tablets", "ibuprofen"), ("tablets",), ("ibuprofen",)),
        (DOSE.replace("250 mg", "2 ml"), ("250", "mg"), ("2", "ml")),
    ],
    ids=["number", "unit", "name", "number and unit"],
)
def test_a_fact_is_substituted_on_both_sides(changed: str, removed: tuple[str, ...], added: tuple[str, ...]) -> None:
    rare = Vocabulary(1000, {word: count for word, count in COMMON.counts.items() if word != "tablets"})
    found = match(changed, DOSE, vocabulary=rare)
    assert found.kind is Kind.FACT
    assert (found.removed, found.added) == (tuple(sorted(removed)), tuple(sorted(added)))


@pytest.mark.parametrize("added", ["2", "12 mg", "please", "zymurgy", "2 please 3"])
def test_what_is_appended_frees_no_copy(added: str) -> None:
    found = match(f"{DOSE} {added}", DOSE)
    assert found.kind is Kind.COPY
    assert found.similarity >= 0.8


def test_what_is_left_out_frees_no_copy() -> None:
    assert match(DOSE.replace("250 ", ""), DOSE).kind is Kind.COPY


def test_common_words_exchanged_free_no_copy() -> None:
    assert match(DOSE.replace("Take", "Swallow").replace("tablets", "pill"), DOSE).kind is Kind.COPY


@pytest.mark.parametrize("twin", ["Do not " + DOSE.lower(), DOSE + " not", DOSE.replace("with", "without")])
def test_a_negation_on_one_side_is_a_twin_and_still_alike(twin: str) -> None:
    found = match(twin, DOSE)
    assert found.kind is Kind.NEGATED
    assert found.similarity >= 0.8


def test_a_negation_among_other_changes_is_no_twin() -> None:
    assert match("Not all of you can " + DOSE.lower(), DOSE).kind is Kind.COPY


def test_negations_on_both_sides_are_no_twins() -> None:
    assert match("never " + DOSE.lower(), "not " + DOSE.lower()).kind is not Kind.NEGATED


def test_a_padded_copy_counts_by_what_it_contains() -> None:
    found = match(f"{DOSE} {BOILERPLATE}", DOSE)
    assert found.raw < 0.6
    assert found.similarity == PART_MAX
    assert found.kind is Kind.COPY


def test_containment_needs_a_like_meaning_and_five_words_or_eight_in_one_piece() -> None:
    apart = match(f"{DOSE} {BOILERPLATE}", DOSE, angle=0.7)
    assert apart.cosine < 0.8
    assert apart.similarity == PART_MAX
    scattered = match(" ".join(reversed(f"{DOSE} {BOILERPLATE}".split())), DOSE, angle=0.7)
    assert scattered.similarity == scattered.raw
    short = match(f"take the tablets please {BOILERPLATE}", "take the tablets please")
    assert short.similarity == short.raw


def test_a_copy_cut_short_counts_by_how_much_of_it_is_copied() -> None:
    found = match(DOSE, f"{DOSE} {BOILERPLATE}")
    assert found.raw < 0.6
    assert found.similarity == PART_MAX
    apart = match("can children drink mint tea", f"can children drink mint tea {BOILERPLATE}", angle=0.7)
    assert apart.similarity == apart.raw


def test_the_same_digits_divided_otherwise_are_another_fact() -> None:
    found = match("give 1.5 mg of it with water each morning", "give 15 mg of it with water each morning")
    assert found.kind is Kind.FACT


def test_the_same_letters_divided_into_other_words_are_a_copy() -> None:
    divided = "-".join(DOSE[at : at + 4] for at in range(0, len(DOSE), 4))
    found = match(divided, DOSE)
    assert found.raw < 0.6
    assert (found.kind, found.similarity) == (Kind.COPY, ALIKE_MAX)


@pytest.mark.parametrize(
    ("text", "earlier", "similarity"),
    [
        ("Ok c ü then", "OK C u then", ALIKE_MAX),
        ("Ok c ü then", "ok c u\u0308 then", 1),
        ("Ok. C u then", "ok c u then", 1),
    ],
)
def test_another_accent_is_not_wholly_the_same(text: str, earlier: str, similarity: float) -> None:
    assert match(text, earlier).similarity == similarity


@pytest.mark.parametrize(("words", "counts"), [(7, False), (8, True)])
def test_few_words_of_a_long_record_are_nobodys(words: int, *, counts: bool) -> None:
    found = match(" ".join(BOILERPLATE.split()[:words]), BOILERPLATE)
    assert found.raw < 0.6
    assert (found.similarity == PART_MAX) is counts


def test_few_words_count_in_one_piece_and_scattered_they_do_not() -> None:
    short = "can children drink mint tea"
    piece = match(f"please tell me {short} {BOILERPLATE}", short)
    assert piece.similarity == PART_MAX
    typo = match(f"please tell me can chidlren drink mint tea {BOILERPLATE}", short)
    assert typo.similarity == PART_MAX
    # One word put into a piece of eight frees no copy.
    longer = f"{short} with milk after meals"
    put_in = match(f"can my children drink mint tea with milk after meals {BOILERPLATE}", longer)
    assert put_in.similarity == PART_MAX
    scattered = match(f"can a nurse give children a cold drink {BOILERPLATE} and mint leaves or tea", short)
    assert scattered.similarity == scattered.raw


@pytest.mark.parametrize(("text", "earlier", "matched"), [("😀", "😡", 0), ("😀 !", "😀 !", 1), ("😀", "word", 0)])
def test_signs_without_words_are_a_copy_of_the_same_signs_alone(text: str, earlier: str, matched: int) -> None:
    first, second = records_of(CARD, labelled([text])), records_of(CARD, labelled([earlier]))
    (found,) = matches_of(first, second, [np.array([0])], COMMON)
    assert [one.similarity for one in found] == [1.0] * matched


def test_plain_copies_do_not_crowd_out_the_negation_twin() -> None:
    copies = [f"{DOSE} {word}" for word in ("please", "kindly", "twice", "often", "then", "now")]
    others = records_of(CARD, labelled([*copies, f"not {DOSE} then"]))
    (found,) = matches_of(records_of(CARD, labelled([DOSE])), others, [np.arange(len(others))], COMMON)
    assert [one.row for one in found if one.kind is Kind.NEGATED] == [len(copies)]


def test_names_are_numbers_units_and_rare_words() -> None:
    vocabulary = Vocabulary(1000, {"tablet": 10, "water": 11, "aspirin": 1})
    assert [word for word in ["250", "mg", "tablet", "water", "aspirin", "zymurgy"] if vocabulary.names(word)] == [
        "250",
        "mg",
        "tablet",
        "aspirin",
        "zymurgy",
    ]
    assert Vocabulary(10, {"twice": 2, "often": 3}).names("twice")
    assert not Vocabulary(10, {"often": 3}).names("often")


def test_the_vocabulary_counts_records_not_words() -> None:
    found = vocabulary_of(records_of(CARD, labelled(["rest rest rest", "Rest now", "walk"])))
    assert (found.records, found.counts) == (3, {"rest": 2, "now": 1, "walk": 1})


def test_a_table_row_with_another_value_is_another_fact() -> None:
    card = a_card("table", fields=[{"name": name, "role": "feature"} for name in "abcd"])
    first = records_of(card, [{"a": "x", "b": "y", "c": "z", "d": "w"}])
    second = records_of(card, [{"a": "x", "b": "y", "c": "z", "d": "v"}, {"a": "x", "b": "y", "c": "z"}])
    (found,) = matches_of(first, second, [np.array([0, 1])], vocabulary_of(second))
    assert {one.row: one.kind for one in found} == {0: Kind.FACT, 1: Kind.COPY}


def test_the_closest_come_first_and_no_more_than_five_of_a_sort() -> None:
    texts = [
        " ".join([DOSE, *["please", "drink", "pill", "can", "i", "kindly", "twice", "often", "then"][:more]])
        for more in range(10)
    ]
    first, second = records_of(CARD, labelled([DOSE])), records_of(CARD, labelled(texts[::-1]))
    (found,) = matches_of(first, second, [np.arange(10)], COMMON)
    assert [one.row for one in found] == [9, 8, 7, 6, 5]
    assert len(found) == KEPT_MATCHES


def test_nothing_shared_is_no_match() -> None:
    first, second = records_of(CARD, labelled(["one two"])), records_of(CARD, labelled(["three four"]))
    assert matches_of(first, second, [np.array([0])], COMMON) == ((),)


def test_facts_do_not_crowd_out_the_copy_behind_them() -> None:
    # A template that everybody fills in: the forms are closer than the copy, and there are more of them than are kept.
    asked = "what should i eat and drink while i am treated for the"
    vocabulary = Vocabulary(1000, dict.fromkeys(f"{asked} dear doctor please tell me".split(), 500))
    forms = [f"{asked} {name}" for name in ("flu", "mumps", "croup", "scurvy", "rabies", "cholera")]
    others = records_of(CARD, labelled([*forms, f"dear doctor please tell {asked} gout"]))
    (found,) = matches_of(records_of(CARD, labelled([f"{asked} gout"])), others, [np.arange(len(others))], vocabulary)
    assert [one.raw for one in found if one.kind is Kind.COPY] == [pytest.approx(12 / 16)]
    assert sum(one.kind is Kind.FACT for one in found) == KEPT_MATCHES


def test_ones_own_variations_do_not_crowd_out_the_others_record() -> None:
    asked = "how many tablets of aspirin may a grown man take in one day when he has a fever of"
    own = records_of(CARD, labelled([f"{asked} {degrees} celsius" for degrees in range(30, 38)]), contributor="ada")
    victim = records_of(CARD, labelled([f"doctor please tell {asked} 39"]), contributor="bob")
    others = joined([own, victim], table=False)
    subject = records_of(CARD, labelled([f"{asked} 40 celsius"]), contributor="ada")
    (found,) = matches_of(subject, others, [np.arange(len(others))], vocabulary_of(others))
    assert [others.contributors[one.row] for one in found].count("bob") == 1


def proposals_for(
    here: Sequence[str], there: Sequence[str], vectors: tuple[Vectors, Vectors], excluded: Sequence[int] = ()
) -> list[list[int]]:
    subjects = records_of(CARD, labelled(here), vectors[0])
    earlier = (
        records_of(CARD, labelled(there), vectors[1]) if there else joined([], table=False).with_vectors(vectors[1])
    )
    mask = np.zeros(len(here), dtype=np.bool_)
    mask[list(excluded)] = True
    return [rows.tolist() for rows in proposed_rows(subjects, earlier, mask)]


def directions(count: int, width: int = 64) -> Vectors:
    return np.eye(width, dtype=np.float32)[:count]


def test_only_lines_before_are_proposed_and_no_excluded_one() -> None:
    texts = ["Rest at home"] * 4
    same = np.ones((4, 1), dtype=np.float32)
    assert proposals_for(texts, [], (same, same[:0])) == [[], [0], [0, 1], [0, 1, 2]]
    assert proposals_for(texts, [], (same, same[:0]), excluded=[0, 2]) == [[], [], [1], [1]]


def test_disguised_text_is_proposed_however_far_its_vector() -> None:
    there = [f"other words number {place}" for place in range(PROPOSED_BY_VECTOR + 5)]
    there[3] = "Rest at home"
    known = np.vstack([directions(len(there))])
    subject = directions(len(there) + 1)[-1:]
    (rows,) = proposals_for(["Ｒｅѕｔ\u200b at home"], there, (subject, known))
    assert 3 in rows


def test_shared_words_are_proposed_however_far_the_vector() -> None:
    there = [f"other words number {place}" for place in range(PROPOSED_BY_VECTOR + 5)]
    there[-1] = DOSE
    subject = directions(len(there) + 1)[-1:]
    (rows,) = proposals_for([DOSE.replace("glass", "cup")], there, (subject, directions(len(there))))
    assert len(there) - 1 in rows


def test_a_vector_proposes_what_shares_no_word() -> None:
    there = [f"other words number {place}" for place in range(40)]
    (rows,) = proposals_for(["something else"], there, (directions(40)[[30]], directions(40)))
    assert 30 in rows
