"""A text that reads as another language than the card's stands out; a text too short to tell does not."""

import numpy as np

from curation.evidence.language import LETTERS_MIN, foreignness

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
