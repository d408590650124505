"""The public pages: every datanet at a glance and by itself, contributors, epochs, the journal, a record's place in it.

They can be read without a token and without a script, and tell nothing private: texts only where the card says so.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from curation.audit.contributors import given
from curation.datanet.names import NAME
from curation.errors import UsageError
from curation.formats.report_parts import interval, number
from curation.ledger.listing import Wanted, contributions, decisions_of, findings_of, records
from curation.ledger.store import Store, StoredRecord
from curation.verdict import Verdict
from curation.web.api_datanets import Name
from curation.web.asked import Service, ServiceNow, page
from curation.web.live import CONTRIBUTORS_MAX
from curation.web.live_journal import LINES_SHOWN_MAX, shown_line
from curation.web.problems import Problem
from curation.web.seen import After, next_after, place_of

router = APIRouter(tags=["live"])

SHOWN_MAX: Final = 50
_PAYOUTS: Final = """
SELECT epoch, credited, escrow, vested, forfeited FROM payouts WHERE record = ? ORDER BY epoch
"""

RecordId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The record.")]
ContributorName = Annotated[str, Path(pattern=f"^{NAME.pattern}$", description="The contributor's public name.")]


@router.get("/live", response_class=HTMLResponse)
def glance(request: Request, service: ServiceNow) -> Response:
    """All datanets: how much is quality and how much noise, size, usage, money to bad data."""
    seq, found = service.live.glances()
    return _live(request, service, "live.html", seq, whole=found[0], datanets=found[1:], number=number, ends=interval)


@router.get("/live/definitions", response_class=HTMLResponse)
def definitions(request: Request, service: ServiceNow) -> Response:
    """What each figure is, and how it is come by."""
    told = service.live.figures(None)
    return _live(request, service, "live_definitions.html", told.seq, figures=told.figures)


@router.get("/live/datanets/{name}", response_class=HTMLResponse)
def datanet(name: Name, request: Request, service: ServiceNow, *, after: After = "0.0") -> Response:
    """One datanet: every figure with its interval, plot and definition, who contributed, and its records."""
    require_datanet(service, name)
    drawn = service.live.drawn(name)
    told = drawn.told
    givers = service.live.contributors(name)[1]
    epochs = [one for one in service.live.money()[1].epochs if any(part.datanet == name for part in one.datanets)]
    wanted = Wanted(datanets=[name], after=place_of(after), limit=SHOWN_MAX)
    with service.live.reading() as (asked, _):
        rows = records(asked.store, wanted)
    return _live(
        request,
        service,
        "live_datanet.html",
        told.seq,
        of=name,
        card=service.live.card(name),
        told=told,
        figures=drawn.figures,
        given=givers,
        epochs=epochs[:SHOWN_MAX],
        epochs_max=SHOWN_MAX,
        contributors_max=CONTRIBUTORS_MAX,
        records=rows,
        open_texts=_open_texts(service, name),
        next=next_after(rows, SHOWN_MAX),
    )


@router.get("/live/contributors/{contributor}", response_class=HTMLResponse)
def contributor(
    contributor: ContributorName, request: Request, service: ServiceNow, *, after: After = "0.0"
) -> Response:
    """One contributor: what they gave and what became of it, and where their money stands."""
    wanted = Wanted(contributors=[contributor], after=place_of(after), limit=SHOWN_MAX)
    money_seq, money = service.live.money()
    with service.live.reading() as (asked, seq):
        found = given(asked, contributor)
        latest = contributions(asked.store, Wanted(contributors=[contributor], limit=SHOWN_MAX), latest_first=True)
        rows = records(asked.store, wanted)
    if not found and contributor not in service.hosted.state().contributors:
        raise Problem(404, "there is no such contributor", kind="contributor")
    return _live(
        request,
        service,
        "live_contributor.html",
        # Of the earlier of the two: who follows the journal then asks again.
        min(seq, money_seq),
        of=contributor,
        given=found,
        statement=money.statements.get(contributor),
        contributions=latest,
        contributed=sum(one.contributions for one in found),
        records=rows,
        next=next_after(rows, SHOWN_MAX),
    )


@router.get("/live/epochs/{epoch}", response_class=HTMLResponse)
def epoch(epoch: Annotated[int, Path(ge=1, le=10**9)], request: Request, service: ServiceNow) -> Response:
    """One epoch: fees, what was paid of them and kept back, who was paid most, money to bad data as known by now."""
    seq, money = service.live.money()
    found = next((one for one in money.epochs if one.epoch == epoch), None)
    if found is None:
        raise Problem(404, "there is no such epoch", kind="epoch")
    return _live(request, service, "live_epoch.html", seq, epoch=found, paid=service.live.most_paid(epoch))


@router.get("/live/journal", response_class=HTMLResponse)
def journal(
    request: Request,
    service: ServiceNow,
    *,
    q: Annotated[str, Query(max_length=200, description="A line's number, or what stands in it.")] = "",
    before: Annotated[int, Query(ge=1, le=10**12, description="Only lines before this one.")] = 10**12,
) -> Response:
    """The journal, the latest line first; everything that happened, and nothing that anybody wrote."""
    events = service.hosted.journal.read()
    lines = service.live.search.found(events, q, before)
    return _live(
        request,
        service,
        "live_journal.html",
        len(events),
        q=q,
        lines=[shown_line(one) for one in lines],
        next=lines[-1].seq if len(lines) == LINES_SHOWN_MAX else None,
        record=_named_record(service, q),
    )


@router.get("/live/records/{record}", response_class=HTMLResponse)
def record(record: RecordId, request: Request, service: ServiceNow) -> Response:
    """One record: where it stands and why, what it earned, and the proof that it is in the journal."""
    with service.live.reading() as (asked, seq):
        found = public_record(asked.store, record)
        findings = findings_of(asked.store, [record]).get(record, [])
        decisions = decisions_of(asked.store, [record]).get(record, [])
        payouts = asked.store.query(_PAYOUTS, [record])
    proof = service.live.proof(record, found.seq, found.row_index, seq)
    return _live(
        request,
        service,
        "live_record.html",
        seq,
        record=found,
        text=found.text if found.verdict == Verdict.ACCEPT and _open_texts(service, found.datanet) else None,
        findings=findings,
        decisions=decisions,
        payouts=payouts,
        proof=proof,
    )


def public_record(store: Store, record: str) -> StoredRecord:
    """The record of this id; raises a 404."""
    try:
        return store.record(record)
    except UsageError:
        raise Problem(404, "there is no such record", kind="record") from None


def require_datanet(service: Service, name: str) -> None:
    """Raises a 404 for a datanet that has neither a card nor records."""
    if service.live.card(name) is not None:
        return
    if all(one.datanet != name for one in service.live.glances()[1]):
        raise Problem(404, "there is no such datanet", kind="datanet")


def _live(request: Request, service: Service, template: str, seq: int, **told: Any) -> Response:
    return page(request, template, seq=seq, rooted=service.live.rooted(), **told)


def _open_texts(service: Service, name: str) -> bool:
    card = service.live.card(name)
    return card is not None and card.public_texts


def _named_record(service: Service, q: str) -> str | None:
    """The record whose id begins with what is searched for."""
    try:
        with service.live.reading() as (asked, _):
            return asked.store.record(q.strip().lower()).record if q.strip() else None
    except UsageError:
        return None
