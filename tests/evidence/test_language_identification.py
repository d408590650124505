"""A text that reads as another language than the card's stands out; a text too short to tell does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.language import LETTERS_MIN, covered, foreignness, identifier_p

ENGLISH = "My father gets a tight feeling across his chest when he climbs the stairs to our flat."
SPANISH = "Mi padre siente una presión en el pecho cuando sube las escaleras hasta nuestro piso."
RUSSIAN = "Мой отец чувствует давление в груди, когда поднимается по лестнице в нашу квартиру."
URDU = "مجھے تین دن سے بخار ہے، ڈاکٹر کے پاس جانا چاہیے؟"


def test_the_cards_language_is_not_foreign_and_others_are() -> None:
    foreign, best = foreignness([ENGLISH, SPANISH, RUSSIAN, URDU], ["en"])
    assert foreign[0] == 0
    assert (foreign[1:] > 5).all()
    assert best == ("en", "es", "ru", "ur")


def test_each_of_the_cards_languages_will_do() -> None:
    foreign, _ = foreignness([ENGLISH, SPANISH, RUSSIAN], ["es", "en"])
    assert foreign[:2].tolist() == [0, 0]
    assert foreign[2] > 5


def test_too_few_letters_say_nothing() -> None:
    short = "д" * (LETTERS_MIN - 1)
    foreign, best = foreignness([short, "12345 67890 12345", ""], ["en", "es"])
    assert foreign.tolist() == [0, 0, 0]
    assert best == ("en", "en", "en")


def test_a_language_that_no_identifier_knows_makes_all_texts_alike_foreign() -> None:
    foreign, _ = foreignness([ENGLISH, SPANISH], ["xxx"])
    assert np.isfinite(foreign).all()
    assert (foreign > 5).all()


def test_a_text_alone_reads_as_in_company() -> None:
    together, _ = foreignness([SPANISH, RUSSIAN, ENGLISH], ["en"])
    assert foreignness([RUSSIAN], ["en"])[0].tolist() == together[1:2].tolist()


CROATIAN = "Moj otac osjeća pritisak u prsima kada se penje stubama do našega stana na trećem katu."
MALAY = "Bapa saya berasa sakit di dada apabila dia naik tangga ke rumah kami di tingkat tiga."
NORWEGIAN = "Faren min kjenner et trykk i brystet når han går opp trappene til leiligheten vår."


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        (CROATIAN, ["hr"]),
        (CROATIAN, ["bs"]),
        (CROATIAN, ["en", "sr"]),
        (MALAY, ["ms"]),
        (MALAY, ["id"]),
        (NORWEGIAN, ["no"]),
        (NORWEGIAN, ["nb"]),
        (ENGLISH, ["swh", "en"]),
    ],
)
def test_languages_that_no_identifier_tells_apart_are_one(text: str, languages: list[str]) -> None:
    foreign, best = foreignness([text], languages)
    assert foreign.tolist() == [0]
    assert best[0] in languages


def test_they_are_one_with_each_other_only() -> None:
    foreign, best = foreignness([CROATIAN, MALAY, NORWEGIAN], ["sl"])
    assert (foreign > 3).all()
    assert best[2] == "no"
    assert covered("sl") == ("sl",)


def test_what_is_no_language_is_not_another_one() -> None:
    _, best = foreignness(["{{ 00x1f }} ==> [0xdeadbeef] <== {{ a1b2c3d4e5 }}"], ["en"])
    assert best != ("zxx",)


@given(st.lists(st.floats(0, 80), min_size=1, max_size=20))
def test_the_identifiers_p_falls_with_the_odds(odds: list[float]) -> None:
    foreign = np.sort(np.array(odds))
    p = identifier_p(foreign, ["en"])
    assert (np.diff(p) <= 0).all()
    assert (p >= 0.001).all()
    assert (p[foreign == 0] == 1).all()
    assert (p <= np.maximum(0.2 * np.exp(-foreign), 0.001) + (foreign == 0)).all()


def test_odds_of_twenty_are_flagged_among_five_checks() -> None:
    p = identifier_p(np.log(np.array([19.0, 20.001])), ["en"]) * 5
    assert (p <= 0.05).tolist() == [False, True]


def test_where_it_does_not_know_the_cards_language_it_is_silent() -> None:
    assert identifier_p(np.array([30.0, 0.0]), ["en", "xxx"]).tolist() == [1, 1]
