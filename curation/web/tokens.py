"""Secrets of 256 bits: made once, shown once, kept as SHA-256, compared in constant time."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.web.book import Book, SessionRow, TokenRow
from curation.web.people import Person, Role

DAYS_MAX = 3660
_DAY = 86_400
_TOKEN = re.compile(r"curate_([0-9a-f]{16})_([A-Za-z0-9_-]{43})", re.ASCII)
_COOKIE = re.compile(r"([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)
# Compared with when there is nobody of this id, so that the answer takes as long.
_NOBODY = hashlib.sha256(b"").digest()


@dataclass(frozen=True, kw_only=True)
class Started:
    """A new session: what the cookie holds, and the token that its writing requests must carry."""

    cookie: str
    csrf: str
    seconds: int


def new_token(  # noqa: PLR0913  (all that a token says)
    book: Book, *, role: Role, name: str, identities: Sequence[str] = (), datanets: Sequence[str] = (), days: int = 90
) -> tuple[TokenRow, str]:
    """Makes a token; what is kept of it, and the token itself, which nobody can read again. Raises `UsageError`."""
    checked_name(name, "person")
    for one in identities:
        checked_name(one, "contributor")
    for one in datanets:
        checked_name(one, "datanet")
    if not 1 <= days <= DAYS_MAX:
        raise UsageError(f"the token would be good for {days} days, 1 to {DAYS_MAX} wanted")
    token, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    row = TokenRow(
        token=token,
        digest=_digest(secret),
        role=role.value,
        name=name,
        identities=tuple(identities),
        datanets=tuple(datanets),
        made_at=book.now,
        expires_at=book.now + days * _DAY,
    )
    book.add_token(row)
    return row, f"curate_{token}_{secret}"


def revoke(book: Book, token: str) -> None:
    """Revokes a token; raises `UsageError` when there is none with this id, or it was revoked before."""
    if not book.revoke_token(token):
        raise UsageError(f"there is no token {shown(token, 40)!r} that could be revoked: see `curate token list`")


def person_of_token(book: Book, text: str) -> Person | None:
    """Whoever holds this token, or None: unknown, wrong, expired, revoked."""
    told = _TOKEN.fullmatch(text)
    row = None if told is None else book.token(told[1])
    known = hmac.compare_digest(_digest(told[2] if told else ""), row.digest if row else _NOBODY)
    return _person(book, row, None) if known and row is not None else None


def start_session(book: Book, person: Person, hours: int) -> Started:
    """Begins a session of a token; it ends with the token at the latest."""
    row = book.token(person.token)
    assert row is not None, "the token was there when it was checked"
    session, secret = secrets.token_hex(16), secrets.token_urlsafe(32)
    expires = min(row.expires_at, book.now + hours * 3600)
    book.add_session(SessionRow(session=session, digest=_digest(secret), token=row.token, expires_at=expires))
    cookie = f"{session}_{secret}"
    return Started(cookie=cookie, csrf=csrf_of(cookie), seconds=expires - book.now)


def person_of_cookie(book: Book, cookie: str) -> Person | None:
    """Whoever's session this is, or None: unknown, wrong, over, or its token is no longer good."""
    told = _COOKIE.fullmatch(cookie)
    row = None if told is None else book.session(told[1])
    known = hmac.compare_digest(_digest(told[2] if told else ""), row.digest if row else _NOBODY)
    if not known or row is None or row.expires_at <= book.now:
        return None
    return _person(book, book.token(row.token), row.session)


def csrf_of(cookie: str) -> str:
    """The token that a session's writing requests must carry: made of the cookie, which no other page can read."""
    return hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


def _person(book: Book, row: TokenRow | None, session: str | None) -> Person | None:
    if row is None or row.revoked_at is not None or row.expires_at <= book.now:
        return None
    return Person(
        token=row.token,
        role=Role(row.role),
        name=row.name,
        identities=row.identities,
        datanets=row.datanets,
        session=session,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
