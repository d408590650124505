"""Personal data is found by what it is, and ordinary numbers are left alone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.evidence.personal_data import find_personal_data, first_masked, kinds_of, masked


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind.value, text[span.start : span.end]) for span in find_personal_data(text)]


@pytest.mark.parametrize(
    ("kind", "before", "value"),
    [
        ("email", "Write to ", "amina.k@example.org"),
        ("email", "Ecris à «", "renée+läb@bücher.example"),
        ("phone", "ring ", "+44 20 7946 0958"),
        ("phone", "her mobile on ", "+234 803 555 0147"),
        ("phone", "at ", "905-674-3793"),
        ("phone", "at ", "(579)888-3058x12"),
        ("phone", "Tel.: ", "0490 75 40 81"),
        ("phone", "Fax ", "001-518-640-0854"),
        ("phone", "", "0802 123 7825"),
        ("phone", "", "(021) 23458403"),
        ("phone", "you reach her under ", "12 345 49 23"),
        ("phone", "his number is ", "612 34 94 55"),
        ("card", "", "4111 1111 1111 1111"),
        ("card", "", "3782-822463-10005"),
        ("card", "", "5555555555554444"),
        ("card", "my debit card ", "6759649826438453"),
        ("iban", "to ", "GB82 WEST 1234 5698 7654 32"),
        ("iban", "to ", "de89370400440532013000"),
        ("national-id", "", "536-90-4399"),
        ("national-id", "SSN ", "536904399"),
        ("national-id", "DNI ", "12345678Z"),
        ("national-id", "", "RSSMRA85T10A562S"),
        ("national-id", "", "2341 2341 2346"),
        ("national-id", "NHS number ", "943 476 5919"),
        ("national-id", "", "42201-0397640-8"),
        ("national-id", "", "390.533.447-05"),
        ("ip-address", "from ", "41.173.96.26"),
        ("ip-address", "from ", "2a00:1450:4009:81f::200e"),
        ("secret", "", "AKIAIOSFODNN7EXAMPLE"),
        ("secret", "token ", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("secret", "api_key = '", "f3A9d81Kz07Qpw2Lx5"),
        ("secret", "it ran with ", "wJq7rXkLm0FE/K9MDEzG+bPxRfiCYpZ3AkQn5TvS"),
        ("secret", "", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"),
    ],
)
def test_it_is_found_whole_at_any_place(kind: str, before: str, value: str) -> None:
    text = f"Ünder 👍: {before}{value}, thank you."
    assert found(text) == [(kind, value)]
    assert first_masked(text, kind) == value[:2] + "•••"
    assert value not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "2053258100",
        "35233",
        "2024-03-16, 16/03/2024 and 16.03.2024",
        "1700000000000 ms, 4006381333931 (EAN)",
        "price 1,234,567.89 or $ 4111111111111111.50",
        "yield 3.39 t/ha in 12 345 678 fields, 0.4111111111111111",
        "4111 1111 1111 1112",
        "GB82 WEST 1234 5698 7654 33",
        "000-12-3456, 666-12-3456",
        "Clause 10.2.3.4, version 1.2.3.4",
        "router 192.168.0.10, example 192.0.2.44, localhost 127.0.0.1",
        "at 12:30:45 std::string aa:bb:cc:dd:ee:ff",
        "call 1-800-422-6237",
        "0802 1234, 00802 123 782, 0345 1278 99 1234",
        "ISBN 978-3-16-148410-0, DOI 10.1000/182",
        "123e4567-e89b-12d3-a456-426614174000",
        "a @ b, 5@2, user@localhost",
        "sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        "https://example.org/docs/2024/QuarterlyReport/Final-Version-3b/Annex2",
        "PneumonoultramicroscopicsilicovolcanoconiosisAB12",
        "The token is important and the password: confidential",
        "",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_stretch_belongs_to_one_kind() -> None:
    assert found("Mail 4111111111111111@example.org") == [("email", "4111111111111111@example.org")]
    assert kinds_of("a@b.example and 4111 1111 1111 1111") == {"email", "card"}


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_finds_are_in_order_apart_and_masked(text: str) -> None:
    end = 0
    for span in find_personal_data(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end
    assert (masked(text) == text) == (not find_personal_data(text))


@pytest.mark.parametrize(
    "piece",
    ["1", "a@", "4111 ", "GB82 WEST ", "12.", "a.b@c.", "+1 ", "eyJ", "(1)", "01 ", "0802 123 7825 ", "f:", "token="],
)
def test_time_grows_with_the_text_and_not_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begun = time.process_time()
        find_personal_data(text)
        return time.process_time() - begun

    seconds(1_000)
    # Eight times the text may take twenty-four times as long before this fails; quadratic growth takes sixty-four.
    assert seconds(160_000) < 24 * max(seconds(20_000), 0.01)
