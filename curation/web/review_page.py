"""The review page: one record at a time, everything there is to decide by, all of it by keyboard."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from curation.datanet.card import Role as FieldRole
from curation.datanet.shown import shown
from curation.evidence.personal_data import masked
from curation.quality import MICRO
from curation.review.difference import Piece
from curation.review.sheet import Beside, Sheet, Value
from curation.review.worth import Sort, is_hidden
from curation.reviewing import HIDDEN_SHARE
from curation.web.api_records import RecordId
from curation.web.asked import PersonNow, WorkspaceNow, page
from curation.web.seen import check_decidable

router = APIRouter(tags=["pages"])

# A bar ends at so many natural log-odds; beyond that nobody's mind is changed.
LOG_ODDS_MAX = 6.0
REASONS = (
    "the label is wrong",
    "a copy of another record",
    "invented, or wrong as a fact",
    "off topic",
    "not readable",
    "another language",
    "personal data",
    "spam or a template",
    "breaks the licence or the law",
)
_PARTS = (
    ("contributor", "prior_micro"),
    ("rules", "rules_micro"),
    ("strangeness", "strangeness_micro"),
    ("label", "label_noise_micro"),
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A part of the evidence: natural log-odds of being good, and where its bar begins and how long it is (0..100)."""

    name: str
    log_odds: float
    start: float
    width: float


@router.get("/review", response_class=HTMLResponse)
def review(request: Request, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """The page; its script asks for the first record."""
    names = [name for name in workspace.datanets() if person.may_enter(name)]
    return page(request, "review.html", datanets=names, sorts=[one.value for one in Sort], reasons=REASONS)


@router.get("/review/{record}", response_class=HTMLResponse)
def sheet(request: Request, record: RecordId, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """One record as the page shows it: a part of a page, without a head."""
    check_decidable(workspace, person, record)
    seen = workspace.state().seq  # before what is shown is read: a word in between is one that was not seen
    found = workspace.sheet(record, names=person.names)
    labels = workspace.datanet(found.record.datanet).with_role(FieldRole.LABEL)
    allowed = labels[0].allowed if labels else None
    return page(
        request,
        "sheet.html",
        sheet=found,
        hidden=is_hidden(person.name, record, HIDDEN_SHARE),
        seen=seen,
        bars=_bars(found),
        weight=found.explanation.weight,
        labels=sorted(allowed) if allowed is not None else [one.label for one in found.likely],
        has_labels=bool(labels),
        besides=[(one, _pieces(one)) for one in found.besides],
        plots=[(one, _places(one)) for one in found.values],
    )


def _bars(found: Sheet) -> list[Bar]:
    bars = []
    for name, column in _PARTS:
        value = (found.explanation.weight.get(column) or 0) / MICRO
        length = min(abs(value), LOG_ODDS_MAX) / LOG_ODDS_MAX * 50
        bars.append(Bar(name=name, log_odds=value, start=50 - length if value < 0 else 50, width=length))
    return bars


def _pieces(one: Beside) -> list[dict[str, Any]] | None:
    """The difference as the page shows it; None where a text holds personal data: a mask over a piece hides nothing."""
    texts = ("".join(piece.before for piece in one.pieces), "".join(piece.after for piece in one.pieces))
    if any(masked(text) != text for text in texts):
        return None
    return [_piece(piece) for piece in one.pieces]


def _piece(one: Piece) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "before": shown(one.before, 4000),
        "after": shown(one.after, 4000),
        "letters": [_piece(letter) for letter in one.letters],
    }


def _places(one: Value) -> dict[str, float]:
    """Where the value and the reference's 10th, 50th and 90th percentile stand on a line from 0 to 100."""
    low, high = min(one.value, one.deciles[0]), max(one.value, one.deciles[-1])
    span = (high - low) or 1.0
    named = {"value": one.value, "tenth": one.deciles[1], "middle": one.deciles[5], "ninetieth": one.deciles[9]}
    return {name: round((at - low) / span * 100, 2) for name, at in named.items()}
