"""Datanets and what is submitted to them: how they stand, check, submit, the list of contributions."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from curation.datanet.names import NAME
from curation.formats.status import status_document
from curation.hosting import Hosted
from curation.ledger.listing import Wanted, contributions
from curation.ledger.questions import datanet_status
from curation.web.answers import answer
from curation.web.apart import checked_document
from curation.web.asked import PersonNow, Service, ServiceNow, WorkspaceNow, heavily
from curation.web.idempotency import OnceNow
from curation.web.people import Person, Role
from curation.web.problems import Problem
from curation.web.seen import After, Limit, listed, next_after, of_person

router = APIRouter(tags=["datanets"])

Name = Annotated[str, Path(pattern=f"^{NAME.pattern}$", description="The datanet.")]


class Sent(BaseModel):
    """A whole upload, by its SHA-256; the name says of which kind it is. `contributor`: one of one's own names."""

    model_config = ConfigDict(extra="forbid", strict=True)

    upload: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    file_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,80}(\.[a-z]{1,8}){1,2}$")]
    contributor: Annotated[str, Field(pattern=f"^{NAME.pattern}$")] | None = None


class Asked(Sent):
    """The same, and how many records' findings are wanted."""

    records_max: Annotated[int, Field(ge=0, le=1000)] = 100


@router.get("/api/datanets")
def all_datanets(person: PersonNow, workspace: WorkspaceNow) -> Response:
    """The datanets that the token is about, and how they stand."""
    names = [name for name in workspace.datanets() if person.may_enter(name)]
    return answer(_status(workspace, person, names))


@router.get("/api/datanets/{name}")
def one_datanet(name: Name, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """How a datanet stands: records by verdict, contributions, reference."""
    return answer(_status(workspace, person, [entered(workspace, person, name)]))


@router.post("/api/datanets/{name}/check")
async def check(name: Name, asked: Asked, person: PersonNow, service: ServiceNow) -> Response:
    """A dry run over an upload: what is wrong, why, what would pass, what it may earn. Stores nothing."""

    def checked() -> Response:
        workspace = service.hosted
        datanet, contributor = entered(workspace, person, name), _contributor(person, asked)
        with service.uploads.named(person.name, asked.upload, asked.file_name) as file:
            if file is None:
                raise _no_upload()
            with workspace.judging() as judge:
                if judge is not None:
                    return answer(judge.check(file, datanet, contributor, asked.records_max))
                return answer(checked_document(workspace.check(file, datanet, contributor), asked.records_max))

    return await heavily(service, checked)


@router.post("/api/datanets/{name}/contributions", status_code=201)
async def submit(name: Name, sent: Sent, person: PersonNow, service: ServiceNow, once: OnceNow) -> Response:
    """Submits an upload: judged, journalled, stored, whatever the verdict. The same bytes again change nothing."""

    def submitted() -> Response:
        workspace = service.hosted
        datanet, contributor = entered(workspace, person, name), _contributor(person, sent)
        # A repeated submission is known by its bytes, so one that the server died in is simply gone on with.
        work = _submission(service, person, datanet, contributor, sent)
        return once(work, found=lambda _: work(), status=201)

    return await heavily(service, submitted)


@router.get("/api/contributions")
def all_contributions(  # noqa: PLR0913  (each is a filter)
    person: PersonNow,
    workspace: WorkspaceNow,
    *,
    datanet: Annotated[str | None, Query(pattern=f"^{NAME.pattern}$")] = None,
    contributor: Annotated[str | None, Query(pattern=f"^{NAME.pattern}$")] = None,
    after: After = "0.0",
    limit: Limit = 50,
) -> Response:
    """Contributions in journal order, a page at a time; a contributor's own alone."""
    wanted = of_person(person, datanet=datanet, contributor=contributor, after=after, limit=limit)
    with workspace.store() as store:
        found = contributions(store, wanted)
    return listed("curation.contributions/1", "contributions", found, next_after(found, limit))


def entered(workspace: Hosted, person: Person, name: str) -> str:
    """The datanet, when it is there and the token is about it; else the same 404 for both."""
    if not person.may_enter(name) or name not in workspace.datanets():
        raise Problem(404, "there is no such datanet for you", kind="datanet")
    return name


def _status(workspace: Hosted, person: Person, names: list[str]) -> dict[str, Any]:
    with workspace.store() as store:
        found = status_document([datanet_status(store, name) for name in names])
    if person.role is Role.CONTRIBUTOR:
        for one in found["datanets"]:
            one["contributions"] = [row for row in one["contributions"] if person.is_me(row["contributor"])]
    return found


def _contributor(person: Person, sent: Sent) -> str:
    if sent.contributor is not None and not person.is_me(sent.contributor):
        raise Problem(403, "this is none of your names", kind="contributor")
    return sent.contributor or person.name


def _submission(
    service: Service, person: Person, datanet: str, contributor: str, sent: Sent
) -> Callable[[], dict[str, Any]]:
    def work() -> dict[str, Any]:
        with service.uploads.named(person.name, sent.upload, sent.file_name) as file:
            if file is None:
                raise _no_upload()
            done = service.hosted.submit(file, datanet, contributor)
        with service.hosted.store() as store:
            (row,) = contributions(store, Wanted(contribution=done.contribution))
        told = {"schema": "curation.submission/1", "already": done.already, "policy_met": done.exit_code == 0}
        return {**told, **row}

    return work


def _no_upload() -> Problem:
    return Problem(404, "there is no whole upload with this SHA-256: `PUT /api/uploads/{sha256}` first", kind="upload")
