"""The same key does the same thing once: again the same answer, with another body 409, after a crash no second time."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.responses import Response

from curation.errors import CardError, FileRefused, UsageError
from curation.web.answers import written
from curation.web.asked import Service, person, service
from curation.web.problems import Problem

Document = Mapping[str, Any]
Found = Callable[[int], Document | None]


@dataclass(frozen=True, kw_only=True)
class Once:
    """One request under one key. Call it with the work."""

    service: Service
    token: str
    key: str
    request: str

    def __call__(self, work: Callable[[], Document], *, found: Found | None = None, status: int = 200) -> Response:
        """The answer: of the work, or the kept one.

        `found` is asked when the server died in the middle of the first request with this key: what the journal has
        of it behind that line, or None when it never happened and can be done now. Without `found` nobody knows, and
        the answer is 409.
        """
        book, run = self.service.book, self.service.run
        line = self.service.hosted.state().seq
        before = book.begin_key(self.token, self.key, request=self.request, run=run, line=line)
        if before is None:
            return self._done(work, status)
        if before.request != self.request:
            raise Problem(409, "this key was used with another request", kind="key-reused")
        if before.status is not None:
            return _again(before.answer or b"", before.status)
        if before.run == run or not book.take_key_over(self.token, self.key, before=before.run, run=run):
            raise Problem(409, "the first request is still worked on", kind="key-busy", headers={"Retry-After": "1"})
        if found is None:
            raise Problem(409, "the first request did not finish: look what became of it", kind="key-unknown")
        try:
            told = found(before.line)
        except BaseException:
            self._unknown()
            raise
        return self._done(work if told is None else lambda: told, status)

    def _done(self, work: Callable[[], Document], status: int) -> Response:
        book = self.service.book
        try:
            answer = written(work())
        except (UsageError, CardError, FileRefused, Problem):
            book.drop_key(self.token, self.key)  # nothing was done
            raise
        except BaseException:
            self._unknown()
            raise
        book.finish_key(self.token, self.key, status=status, answer=answer)
        return Response(answer, status, media_type="application/json")

    def _unknown(self) -> None:
        """Nobody knows how far it came: as if this run had died."""
        self.service.book.take_key_over(self.token, self.key, before=self.service.run, run="")


async def once(
    request: Request,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="Any word, new for each thing that is to be done.",
        ),
    ],
) -> Once:
    """The key of this request, and what it came with."""
    seen = hashlib.sha256()
    for part in (request.method.encode(), request.url.path.encode(), request.url.query.encode(), await request.body()):
        seen.update(len(part).to_bytes(8, "big") + part)
    return Once(service=service(request), token=person(request).token, key=key, request=seen.hexdigest())


OnceNow = Annotated[Once, Depends(once)]


def _again(answer: bytes, status: int) -> Response:
    return Response(answer, status, {"Idempotency-Replayed": "true"}, "application/json")
