"""Uploads: streamed, capped, resumable by offset, taken only when the digest is right."""

from contextlib import ExitStack
from pathlib import Path as FilePath
from typing import Annotated

import anyio
from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from curation.web.answers import answer
from curation.web.asked import PersonNow, Service, ServiceNow
from curation.web.problems import Problem
from curation.web.uploads import Progress

router = APIRouter(tags=["uploads"])

Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The file's SHA-256, in hexadecimal digits.")]
_BLOCK_BYTES = 1_000_000
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@router.head("/api/uploads/{sha256}", response_class=Response)
def progress(sha256: Sha256, person: PersonNow, service: ServiceNow) -> Response:
    """How far an upload is: `Upload-Offset` in bytes, `Upload-Complete` ?1 or ?0."""
    found = service.uploads.progress(person.name, sha256)
    if found is None:
        return Response(status_code=404, headers={"Upload-Offset": "0", "Upload-Complete": "?0"})
    return Response(headers=_headers(found))


@router.put("/api/uploads/{sha256}", status_code=201, openapi_extra=_BODY)
async def upload(  # noqa: PLR0913  (a request's parts)
    sha256: Sha256,
    request: Request,
    person: PersonNow,
    service: ServiceNow,
    *,
    offset: Annotated[int, Query(ge=0, description="Where these bytes begin; `HEAD` says where.")] = 0,
    complete: Annotated[bool, Query(description="Whether these are the last bytes.")] = True,
) -> Response:
    """A file, or the rest of one that broke off. The same again changes nothing."""
    uploads = service.uploads
    await anyio.to_thread.run_sync(uploads.drop_before, service.settings.upload_hours * 3600)
    with ExitStack() as taking:
        part = taking.enter_context(uploads.taken(person.name, sha256))
        if part is None:
            raise Problem(409, "another request is writing this upload", kind="upload-busy")
        before = uploads.progress(person.name, sha256) or Progress(bytes=0, complete=False)
        if before.complete:
            return _told(sha256, before, 200)
        if offset != before.bytes:
            told = f"{before.bytes} bytes of it are here, the offset is {offset}"
            raise Problem(409, told, kind="upload-offset", headers=_headers(before))
        await _write(request, service, person.name, part, before.bytes)
        if complete and not await anyio.to_thread.run_sync(uploads.finish, person.name, sha256):
            raise Problem(422, "the bytes have another SHA-256 than their address; they were dropped", kind="digest")
    after = uploads.progress(person.name, sha256) or Progress(bytes=0, complete=False)
    return _told(sha256, after, 201 if after.complete else 202)


async def _write(request: Request, service: Service, name: str, part: FilePath, before: int) -> None:
    """Streams the body to the end of a growing file. What came before a broken connection stays, to be gone on with."""
    uploads, settings = service.uploads, service.settings
    room = min(settings.upload_bytes_max - before, settings.uploads_bytes_max - uploads.kept_bytes(name))
    block = bytearray()
    try:
        async for data in request.stream():
            room -= len(data)
            if room < 0:
                raise Problem(413, f"an upload may have {settings.upload_bytes_max} bytes", kind="upload-too-large")
            block += data
            if len(block) >= _BLOCK_BYTES:
                await anyio.to_thread.run_sync(uploads.append, part, bytes(block))
                block.clear()
    except ClientDisconnect:
        raise Problem(400, "the connection broke off; go on where `HEAD` says") from None
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(uploads.append, part, bytes(block))


def _told(sha256: str, found: Progress, status: int) -> Response:
    told = {"schema": "curation.upload/1", "sha256": sha256, "bytes": found.bytes, "complete": found.complete}
    return answer(told, status, _headers(found))


def _headers(found: Progress) -> dict[str, str]:
    return {"Upload-Offset": str(found.bytes), "Upload-Complete": "?1" if found.complete else "?0"}
