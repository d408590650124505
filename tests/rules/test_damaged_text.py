"""Text read in a wrong encoding is found in every script, and text read rightly never."""

import pytest

from curation.evidence.patterns import compiled
from curation.evidence.rule_packs import pack_rules
from curation.shared import shared_folder

RULES = {rule.code: rule for rule in pack_rules([shared_folder("rules")])}
HONEST = [
    "Le café d’à côté n’ouvre qu’à midi ; « où étiez-vous ? » demanda-t-elle, là\u00a0».",
    "Die Ärztin sagte „Ä“ und „Spaß“, Größe Ü–Ö, dann übte sie weiter.",
    "Zażółć gęślą jaźń, a potem idź spać.",
    "Çoğu hasta ağrısının geçtiğini söyledi; ıslık çalıyor.",
    "Domnișoara țese încet și cântă.",
    "Příliš žluťoučký kůň se ztratil.",
    "Врач велел пить больше воды и меньше соли.",
    "ПРИМІТІВІЗМ І МИСТЕЦТВО; ЛІНІЇ, її мої твої, ґанок, ём, єдність.",
    "Моја мања сестра и њен љубимац.",
    "Ο γιατρός είπε να ξεκουραστώ.",
    "قال الطبيب إن علي أن أستريح.",
    "הרופאה אמרה לי לנוח.",
    "डॉक्टर ने आराम करने को कहा।",
    "หมอบอกให้พักผ่อน",
    "医者は休むように言いました。",
    "医生让我多休息。",
    "의사가 쉬라고 했습니다.",
    "Bác sĩ bảo tôi nghỉ ngơi.",
    "A 2×4 beam, 20 °C, ±5 %, Â 12, SÃO PAULO.",
]


def flagged(code: str, text: str) -> bool:
    rule = RULES[code].on(RULES[code].example_fields())[0]
    return any(compiled(pattern).matches(text) for pattern in rule.kwargs["regex_list"])


def misread(text: str, encoding: str) -> str:
    """Bytes that the encoding leaves open become control characters, as browsers do."""
    pieces = []
    for byte in text.encode():
        try:
            pieces.append(bytes([byte]).decode(encoding))
        except UnicodeDecodeError:
            pieces.append(chr(byte))
    return "".join(pieces)


@pytest.mark.parametrize("text", HONEST)
def test_text_that_is_as_written_passes(text: str) -> None:
    assert not flagged("text/mojibake", text)
    assert not flagged("text/mixed-scripts", text)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", HONEST)
def test_utf_8_read_as_western_is_found(text: str, encoding: str) -> None:
    assert flagged("text/mojibake", misread(text, encoding))


@pytest.mark.parametrize("text", HONEST)
def test_read_wrongly_twice_is_found(text: str) -> None:
    assert flagged("text/mojibake", misread(misread(text, "cp1252"), "cp1252"))


@pytest.mark.parametrize("text", HONEST[:-1])
def test_utf_8_read_as_cyrillic_is_found(text: str) -> None:
    damaged = misread(text, "cp1251")
    assert flagged("text/mojibake", damaged) or flagged("text/mixed-scripts", damaged)
