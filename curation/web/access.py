"""Who may do what, answered before path, query, body or key are read: one door for every route.

The order matters: 1. which route, 2. who asks, 3. whether their role may, 4. whether a browser was tricked, 5. whether
it is too much, 6. whether the body is one that could be read at all.
"""

import hmac
import re
from dataclasses import dataclass

from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curation.web.book import Book
from curation.web.guard import header
from curation.web.limits import Buckets
from curation.web.people import Person
from curation.web.problems import Problem, answer_of
from curation.web.roles import RULES, Rule
from curation.web.settings import Settings
from curation.web.tokens import csrf_of, person_of_cookie, person_of_token

_PATIENCE_BYTES = 10_000_000
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, kw_only=True)
class _Route:
    pattern: re.Pattern[str]
    methods: dict[str, Rule]


class Access:
    """Lets through who may."""

    def __init__(self, app: ASGIApp, book: Book, settings: Settings, buckets: Buckets) -> None:
        """`book` knows tokens and sessions, `buckets` what was asked for."""
        self._app, self._book, self._settings, self._buckets = app, book, settings, buckets
        self._routes = _routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 401, 403, 404, 405, 413, 415 and 429 itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            rule, names = self._rule(scope)
            person, cookie = self._person(scope, rule)
            if rule.roles is not None:
                if person is None and rule.page:
                    await RedirectResponse("/signin", 303)(scope, receive, send)
                    return
                self._check(scope, rule, person, cookie)
            self._limit(scope, rule, person, names)
            body_max = self._check_body(scope, rule)
        except Problem as problem:
            await answer_of(problem)(scope, receive, send)
            return
        scope.setdefault("state", {}).update(person=person, csrf=csrf_of(cookie) if cookie and person else "")
        body = _Counted(receive, send, body_max)
        try:
            await self._app(scope, body.receive, body.send)
        finally:
            if body.is_too_long and not body.answered:
                await answer_of(_too_large(body_max))(scope, receive, send)

    def _rule(self, scope: Scope) -> tuple[Rule, dict[str, str]]:
        for route in self._routes:
            if found := route.pattern.match(scope["path"]):
                rule = route.methods.get(scope["method"])
                if rule is None:
                    allowed = ", ".join(sorted(route.methods))
                    raise Problem(405, f"{allowed} can be done with it", headers={"Allow": allowed})
                return rule, found.groupdict()
        raise Problem(404, "there is nothing at this address; /openapi.json says what there is")

    def _person(self, scope: Scope, rule: Rule) -> tuple[Person | None, str]:
        """Who asks, and by which cookie; a token that is shown is looked at alone."""
        kind, _, token = header(scope, b"authorization").partition(" ")
        if kind:
            return (person_of_token(self._book, token.strip()) if kind.lower() == "bearer" else None), ""
        cookie = "" if rule.bearer else cookie_parser(header(scope, b"cookie")).get(self._settings.cookie, "")
        return (person_of_cookie(self._book, cookie), cookie) if cookie else (None, "")

    def _check(self, scope: Scope, rule: Rule, person: Person | None, cookie: str) -> None:
        if person is None:
            if wait := self._buckets.take(("stranger", _address(scope)), self._settings.stranger_rate):
                raise _too_much(wait)
            told = "no token or session that is good; see `curate token new`"
            raise Problem(401, told, headers={"WWW-Authenticate": "Bearer"})
        if rule.roles is not None and person.role not in rule.roles:
            allowed = ", ".join(sorted(rule.roles))
            raise Problem(403, f"a {person.role} may not do this: {allowed} may", kind="role")
        if scope["method"] in READING:
            return
        if header(scope, b"sec-fetch-site") not in ("", "same-origin"):
            raise Problem(403, "the request comes from another site", kind="origin")
        if (origin := header(scope, b"origin")) and origin.lower() not in self._settings.origins:
            raise Problem(403, "the request comes from another origin", kind="origin")
        if cookie and not hmac.compare_digest(header(scope, b"x-csrf-token").encode(), csrf_of(cookie).encode()):
            raise Problem(403, "`X-CSRF-Token` is not the session's: load the page again", kind="csrf")

    def _limit(self, scope: Scope, rule: Rule, person: Person | None, names: dict[str, str]) -> None:
        if person is None:
            wait = self._buckets.take(("stranger", _address(scope)), self._settings.stranger_rate)
        else:
            wait = self._buckets.take(("token", person.token, rule.cost), self._settings.person_rates[rule.cost])
            if not wait and rule.cost == "heavy" and "name" in names:
                wait = self._buckets.take(("datanet", names["name"]), self._settings.datanet_rate)
        if wait:
            raise _too_much(wait)

    def _check_body(self, scope: Scope, rule: Rule) -> int:
        """How many bytes the body may have."""
        most = {"nothing": 0, "json": self._settings.body_bytes_max, "bytes": self._settings.upload_bytes_max}
        told = header(scope, b"content-length")
        if told.isdigit() and int(told) > most[rule.takes]:
            raise _too_large(most[rule.takes], hang_up=int(told) > most[rule.takes] + _PATIENCE_BYTES)
        kind = header(scope, b"content-type").partition(";")[0].strip().lower()
        wanted = {"json": "application/json", "bytes": "application/octet-stream"}.get(rule.takes)
        if wanted is not None and kind != wanted:
            raise Problem(415, f"{wanted} wanted")
        return most[rule.takes]


def _routes() -> list[_Route]:
    """Those with fewer parameters first, so that a word in a path wins over a parameter."""
    methods: dict[str, dict[str, Rule]] = {}
    for (method, path), rule in RULES.items():
        methods.setdefault(path, {})[method] = rule
    ordered = sorted(methods, key=lambda path: (path.count("{"), path))
    return [_Route(pattern=compile_path(path)[0], methods=methods[path]) for path in ordered]


class _Counted:
    """A body that ends where it becomes too long, whatever its headers say; the answer is then 413 and no other."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._left = receive, send, most
        self.is_too_long = self.answered = False

    async def receive(self) -> Message:
        """The next part of the body."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.is_too_long = True
                return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """Passes an answer on, unless the body was too long for one."""
        if not self.is_too_long or self.answered:
            self.answered = True
            await self._send(message)


def _too_large(most: int, *, hang_up: bool = False) -> Problem:
    """Who is hung up on while still sending may never read why, so what is not much longer is let come and dropped."""
    headers = {"Connection": "close"} if hang_up else None
    return Problem(413, f"the body is longer than {most} bytes, no more are taken", headers=headers)


def _too_much(wait: int) -> Problem:
    told = f"too many requests: one is answered again in {wait} s"
    return Problem(429, told, headers={"Retry-After": str(wait)})


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
