"""No output holds whole what a record should not have said: a card number, an account, an address, a number, a key."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from curation.cli.options import _plain
from curation.datanet.canonical import Value
from curation.datanet.card import Policy
from curation.evidence.told_words import HIDDEN, told_words
from curation.evidence.words import canonical_text, tokens_of
from curation.fitting import fit_reference
from curation.formats import document, jsonl, text
from curation.formats.explanation import explanation_document, explanation_text
from curation.inspection import inspect
from curation.ledger.questions import Explanation
from curation.opened import Checked
from curation.outcome import outcome_of
from tests.engine_sample import a_card, a_contribution, evidence_about, labelled, records_of
from tests.formats import hostile

CARD_NUMBER = "4111 1111 1111 1111"
IBAN = "GB82 WEST 1234 5698 7654 32"
ADDRESS = "amina.okafor@clinic-lagos.org"
PHONE = "+44 20 7946 0958"
KEY = "AKIAIOSFODNN7EXAMPLE"
# A key of no published shape, as its issuer's manual gives it.
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - an example that opens nothing
PRIVATE = (CARD_NUMBER, IBAN, ADDRESS, PHONE, KEY)
ALL = "card {} account {} mail {} call {} key {}".format(*PRIVATE)

ASKED = "Is a resting pulse of fortyfive safe for a runner who sleeps well and eats very little"
OTHER = "How many teeth does a healthy horse of seven winters keep when nobody ever looked after them properly"
OWNED = "How long should somebody wait before swimming if lunch was heavy and the lake is rather cold, ask"
# Added to an earlier record, left out of one, exchanged in one, each alone and all together.
EARLIER = [ASKED, *(f"{OTHER} {one}" for one in (*PRIVATE, ALL)), f"{OWNED} 5500 0000 0000 0004 bob@example.org please"]
SUBMITTED = [*(f"{ASKED} {one}" for one in (*PRIVATE, ALL)), OTHER, *(f"{OWNED} {one} please" for one in PRIVATE), ALL]


@cache
def checked() -> Checked:
    datanet = a_card()
    unlike = [" ".join(f"{place:05d}{word}" for word in "abcdef") for place in range(110)]
    earlier: list[dict[str, Value]] = labelled([*EARLIER, *unlike])
    members = records_of(datanet, earlier, np.ones((len(earlier), 1), dtype=np.float32))
    contribution = a_contribution(datanet, labelled(SUBMITTED))
    vectors = np.ones((len(SUBMITTED), 1), dtype=np.float32)
    evidence = evidence_about(contribution, datanet, fit_reference(members, datanet, b"card", "words", None), vectors)
    judged = inspect(evidence)
    return replace(
        hostile.checked(),
        contribution=contribution,
        evidence=evidence,
        inspection=judged,
        outcome=outcome_of(judged, datanet),
    )


def explanations() -> list[Explanation]:
    """One a record, with what was said about it."""
    whole = hostile.explanation()
    finding, decision = whole.findings[0], whole.decisions[0]
    return [
        replace(
            whole,
            record=replace(
                whole.record,
                text=said,
                content=json.dumps({"text": said, "card": 4111111111111111}),
                given_label=said,
                label=said,
                reason=said,
            ),
            findings=[finding | {"message": one.message, "suggested": said, "fix": one.fix} for one in row.findings],
            decisions=[decision | {"reason": said, "label": said}],
        )
        for said, row in zip(SUBMITTED, checked().inspection.rows, strict=True)
    ]


def outputs() -> dict[str, str]:
    told = [explanation_document(one, Policy()) for one in explanations()]
    return {
        "text": "\n".join(text.check_text(checked())),
        "jsonl": "".join(jsonl.lines(checked().inspection)),
        "json": document.written(document.check_document(checked())),
        "explanation": "\n".join(line for one in explanations() for line in explanation_text(one, Policy())),
        "explanation-json": json.dumps(told, default=_plain),
    }


def test_the_records_are_flagged_for_what_they_add_leave_out_and_exchange() -> None:
    said = [one.message for row in checked().inspection.rows for one in row.findings if HIDDEN in one.message]
    assert {verb for verb in ("with '", "without '", "exchanged for '") if any(verb in one for one in said)} == {
        "with '",
        "without '",
        "exchanged for '",
    }
    assert "“" in outputs()["text"]


@pytest.mark.parametrize("shape", ["text", "jsonl", "json", "explanation", "explanation-json"])
def test_no_output_holds_any_of_it_whole(shape: str) -> None:
    made = outputs()[shape]
    packed = canonical_text(made).replace(" ", "")
    for one in PRIVATE:
        assert one not in made
        assert canonical_text(one).replace(" ", "") not in packed
    for part in ("okafor", "akiaiosfodnn", "41111111", "gb82west", "79460958"):
        assert part not in packed


def test_a_stored_content_stays_json() -> None:
    content = explanation_document(explanations()[0], Policy())["record"]["content"]
    assert json.loads(content) == {"text": f"{ASKED} 41•••", "card": "41•••"}


@pytest.mark.parametrize("private", [*PRIVATE, SECRET, "0123456789", "555.0199.1234", "api_key=9f8e7d6c5b4a39281706"])
def test_words_of_what_is_private_are_not_told(private: str) -> None:
    for said in (f"{ASKED} {private}", f"{ASKED} ({private}), thanks", f"{ASKED}: {private.replace('a', 'ａ')}"):
        assert told_words(tokens_of(canonical_text(private)), said) == HIDDEN


def test_other_words_are_told() -> None:
    said = "with omega-3 and COVID-19-related 250 mg for 1,000,000 people in 2019/2020"
    words = tokens_of(canonical_text(said))
    assert told_words(words, said) == " ".join(words)
    assert told_words(["dose", *tokens_of(KEY.lower()), "mg"], f"dose {KEY} mg") == f"dose mg {HIDDEN}"


def test_of_a_table_row_only_the_private_value_is_hidden() -> None:
    told = told_words(["crop maize", f"owner {ADDRESS}", "parcel 12345678"], f"crop: maize\nowner: {ADDRESS}")
    assert told == f"crop maize owner parcel {HIDDEN}"
