"""Lists and who may see what in them: a contributor their own, others their datanets; a page at a time."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from curation.errors import UsageError
from curation.hosting import Hosted
from curation.ledger.listing import Wanted
from curation.ledger.questions import with_content_of
from curation.ledger.store import StoredRecord
from curation.web.answers import answer
from curation.web.people import Person, Role
from curation.web.problems import Problem

After = Annotated[str, Query(pattern=r"^[0-9]{1,12}\.[0-9]{1,12}$", description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


def of_person(
    person: Person, *, datanet: str | None, contributor: str | None, after: str, limit: int, **more: str | None
) -> Wanted:
    """What a person may have of what they asked for; what is not theirs is not found, and nobody hears why."""
    datanets = person.datanets or None
    if datanet is not None:
        datanets = (datanet,) if person.may_enter(datanet) else ()
    contributors = person.names if person.role is Role.CONTRIBUTOR else None
    if contributor is not None:
        contributors = (contributor,) if contributors is None or contributor in contributors else ()
    return Wanted(datanets=datanets, contributors=contributors, after=place_of(after), limit=limit, **more)


def place_of(after: str) -> tuple[int, int]:
    """Journal line and row that a page begins behind; rows are told from 1 on, so that `0.0` is before all of them."""
    line, row = (int(part) for part in after.split("."))
    return line, row - 1


def next_after(found: Sequence[dict[str, Any]], limit: int) -> str | None:
    """Where the next page begins, or None when this one was not full."""
    return f"{found[-1]['seq']}.{found[-1].get('row_index', -1) + 1}" if len(found) == limit else None


def listed(schema: str, name: str, found: Sequence[dict[str, Any]], after: str | None) -> Response:
    """A page of a list."""
    return answer({"schema": schema, name: found, "next": after})


def seen_record(workspace: Hosted, person: Person, record: str) -> StoredRecord:
    """The record, when there is one and this person may see it; else the same 404 for both."""
    try:
        with workspace.store() as store:
            found = store.record(record)
    except UsageError:
        found = None
    if found is None or found.record != record or not person.may_see(found.datanet, found.contributor):
        raise Problem(404, "there is no such record for you", kind="record")
    return found


def check_decidable(workspace: Hosted, person: Person, record: str) -> None:
    """Whether the person may decide the record: nothing of the same content may be theirs under any of their names."""
    try:
        with workspace.store() as store:
            alike = with_content_of(store, record)
    except UsageError:
        alike = ()
    if not alike or alike[0].record != record or not person.may_see(alike[0].datanet, alike[0].contributor):
        raise Problem(404, "there is no such record for you", kind="record")
    if any(person.is_me(one.contributor) for one in alike):
        raise Problem(403, "this content is your own: another curator has to decide", kind="own")


def own_record(workspace: Hosted, person: Person, record: str) -> StoredRecord:
    """The record, when it is the person's own; 404 when they may not even see it."""
    found = seen_record(workspace, person, record)
    if not person.is_me(found.contributor):
        raise Problem(403, "this record is another's", kind="not-own")
    return found
