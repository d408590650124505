"""The formats that a gate run can be written in, by name; each is one file and all are made from the same result."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from curation.formats import (
    gate_baseline,
    gate_json,
    gate_jsonl,
    gate_markdown,
    gate_text,
    github,
    junit,
    rdjson,
    sarif,
)
from curation.gate.result import GateResult

GATE_FORMATS: Final[Mapping[str, Callable[[GateResult], Iterator[str]]]] = {
    "text": gate_text.lines,
    "json": gate_json.lines,
    "jsonl": gate_jsonl.lines,
    "markdown": gate_markdown.lines,
    "sarif": sarif.lines,
    "github": github.lines,
    "junit": junit.lines,
    "rdjson": rdjson.lines,
    "baseline": gate_baseline.lines,
}
