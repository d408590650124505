"""The contributor's page: what was submitted, what became of each record and why, what would pass, money, appeal."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from curation.audit.statements import Statement
from curation.hosting import Hosted
from curation.ledger.listing import Wanted, contributions, decisions_of, findings_of, records, unreadable
from curation.verdict import Verdict
from curation.web.asked import PersonNow, WorkspaceNow, page
from curation.web.people import Person
from curation.web.seen import After, next_after, of_person

router = APIRouter(tags=["pages"])

RECORDS_SHOWN_MAX = 50
CONTRIBUTIONS_SHOWN_MAX = 200


@router.get("/mine", response_class=HTMLResponse)
def mine(
    request: Request,
    person: PersonNow,
    workspace: WorkspaceNow,
    *,
    verdict: Verdict | None = None,
    after: After = "0.0",
) -> Response:
    """One's own contributions and records."""
    named = None if verdict is None else verdict.value
    wanted = of_person(person, datanet=None, contributor=None, after=after, limit=RECORDS_SHOWN_MAX, verdict=named)
    own = Wanted(
        datanets=wanted.datanets,
        contributors=person.names,
        verdict=named,
        after=wanted.after,
        limit=RECORDS_SHOWN_MAX,
    )
    told = _records(workspace, own)
    return page(
        request,
        "mine.html",
        contributions=_contributions(workspace, own),
        records=told,
        unreadable=_unreadable(workspace, own),
        verdict=named,
        verdicts=[one.value for one in Verdict],
        next=next_after(told, RECORDS_SHOWN_MAX),
        statements=_statements(workspace, person),
    )


def _contributions(workspace: Hosted, own: Wanted) -> list[dict[str, Any]]:
    wanted = Wanted(datanets=own.datanets, contributors=own.contributors, limit=CONTRIBUTIONS_SHOWN_MAX)
    with workspace.store() as store:
        return contributions(store, wanted)


def _unreadable(workspace: Hosted, own: Wanted) -> list[dict[str, Any]]:
    wanted = Wanted(datanets=own.datanets, contributors=own.contributors, limit=RECORDS_SHOWN_MAX)
    with workspace.store() as store:
        return unreadable(store, wanted)


def _records(workspace: Hosted, own: Wanted) -> list[dict[str, Any]]:
    with workspace.store() as store:
        found = records(store, own)
        ids = [row["record"] for row in found]
        said, decided = findings_of(store, ids), decisions_of(store, ids)
    state = workspace.state()
    return [
        row
        | {
            "findings": said.get(row["record"], []),
            "decisions": decided.get(row["record"], []),
            "disputed": row["record"] in state.disputed,
        }
        for row in found
    ]


def _statements(workspace: Hosted, person: Person) -> list[Statement]:
    known = workspace.state().contributors
    return [one for name in person.names if name in known for one in workspace.payouts(name).contributors]
