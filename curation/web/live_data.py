"""The public figures for machines, each at an address that stays: JSON and CSV; the journal's lines; proofs."""

import re
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from curation.formats.figures import figures_csv, figures_document
from curation.ledger.journal import written
from curation.overview import Told
from curation.web.answers import answer
from curation.web.api_datanets import Name
from curation.web.asked import ServiceNow
from curation.web.live_pages import RecordId, public_record, require_datanet
from curation.web.problems import Problem

router = APIRouter(tags=["live"])

LINES_MAX: Final = 1000
_FILE: Final = re.compile(r"([a-z][a-z-]{1,40})\.(json|csv)")
File = Annotated[
    str, Path(pattern=f"^{_FILE.pattern}$", description="A figure's name, or `all`; as `.json` or `.csv`.")
]


@router.get("/live/figures/{file}", response_class=Response)
def figures(file: File, service: ServiceNow) -> Response:
    """A figure of all datanets with its definition, interval and breakdown, or all figures."""
    return _written(service.live.figures(None), file)


@router.get("/live/datanets/{name}/figures/{file}", response_class=Response)
def figures_of(name: Name, file: File, service: ServiceNow) -> Response:
    """A figure of one datanet, or all of them."""
    require_datanet(service, name)
    return _written(service.live.figures(name), file)


@router.get("/live/journal.jsonl", response_class=Response)
def journal(
    service: ServiceNow,
    *,
    after: Annotated[int, Query(ge=0, le=10**12, description="Lines behind this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=LINES_MAX)] = LINES_MAX,
) -> Response:
    """The journal's own bytes, at most a thousand lines at a time: whoever has all of them can check the chain."""
    lines = service.hosted.journal.read()[after : after + limit]
    return Response(b"".join(written(one) + b"\n" for one in lines), media_type="application/jsonl")


@router.get("/live/records/{record}/proof")
def proof(record: RecordId, service: ServiceNow) -> Response:
    """That a record is in the journal: its lines, and the path from each to one root (RFC 9162)."""
    with service.live.reading() as (asked, seq):
        found = public_record(asked.store, record)
    told = service.live.proof(record, found.seq, found.row_index, seq)
    return answer({"schema": "curation.proof/1", **asdict(told)})


def _written(told: Told, file: str) -> Response:
    found = _FILE.fullmatch(file)
    assert found is not None, "the path's own pattern"
    name, kind = found.groups()
    chosen = told.figures if name == "all" else tuple(one for one in told.figures if one.name == name)
    if not chosen:
        raise Problem(404, "there is no such figure; /live/definitions has all of them", kind="figure")
    if kind == "json":
        return answer(figures_document(told.datanet, told.seq, told.head, chosen))
    text = "".join(figures_csv(chosen))
    # A byte order mark would be taken for a part of the first name by those who read it as it is written.
    return Response(text.encode(), media_type="text/csv; charset=utf-8; header=present")
