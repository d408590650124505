"""Who may do what: every route with its method, the one place. What does not stand here is not served."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from curation.web.people import Role

EVERYONE = frozenset(Role)
# Whose records may be among those that a route is about; which records these are is checked where they are read.
WITH_RECORDS = frozenset({Role.CONTRIBUTOR, Role.CURATOR, Role.OWNER})
CURATORS = frozenset({Role.CURATOR, Role.OWNER})
# Who sees what curators are measured by, and so is measured by none of it.
GOLD_READERS = frozenset({Role.OWNER, Role.AUDITOR})

Takes = Literal["nothing", "json", "bytes"]
Cost = Literal["read", "write", "heavy"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may ask for a route, what its body is, and which limit it counts against. `roles` None: everybody, unasked.

    `page`: a browser without a session is led to the sign-in page. `bearer`: the token itself is wanted, no session.
    """

    roles: frozenset[Role] | None
    takes: Takes = "nothing"
    cost: Cost = "read"
    page: bool = False
    bearer: bool = False


PUBLIC = Rule(roles=None)

RULES: Mapping[tuple[str, str], Rule] = {
    # The process, the document, what a browser needs
    ("GET", "/health"): PUBLIC,
    ("GET", "/ready"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/static/{file}"): PUBLIC,
    ("GET", "/signin"): PUBLIC,
    ("GET", "/"): PUBLIC,
    ("GET", "/mine"): Rule(roles=WITH_RECORDS, page=True),
    # The session
    ("POST", "/session"): Rule(roles=EVERYONE, cost="write", bearer=True),
    ("GET", "/session"): Rule(roles=EVERYONE),
    ("DELETE", "/session"): Rule(roles=EVERYONE, cost="write"),
    # Files, checks, contributions
    ("PUT", "/api/uploads/{sha256}"): Rule(roles=WITH_RECORDS, takes="bytes", cost="write"),
    ("HEAD", "/api/uploads/{sha256}"): Rule(roles=WITH_RECORDS),
    ("GET", "/api/datanets"): Rule(roles=EVERYONE),
    ("GET", "/api/datanets/{name}"): Rule(roles=EVERYONE),
    ("POST", "/api/datanets/{name}/check"): Rule(roles=WITH_RECORDS, takes="json", cost="heavy"),
    ("POST", "/api/datanets/{name}/contributions"): Rule(roles=WITH_RECORDS, takes="json", cost="heavy"),
    ("GET", "/api/contributions"): Rule(roles=EVERYONE),
    # Records
    ("GET", "/api/records"): Rule(roles=EVERYONE),
    ("GET", "/api/records/{record}"): Rule(roles=EVERYONE),
    ("GET", "/api/records/{record}/findings"): Rule(roles=EVERYONE),
    ("GET", "/api/records/{record}/decisions"): Rule(roles=EVERYONE),
    ("POST", "/api/records/{record}/appeal"): Rule(roles=WITH_RECORDS, takes="json", cost="write"),
    ("POST", "/api/records/{record}/withdraw"): Rule(roles=WITH_RECORDS, cost="write"),
    # The review queue
    ("GET", "/review"): Rule(roles=CURATORS, page=True),
    ("GET", "/review/{record}"): Rule(roles=CURATORS, page=True),
    ("GET", "/api/queue"): Rule(roles=CURATORS),
    ("POST", "/api/queue/next"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("GET", "/api/queue/bulk"): Rule(roles=CURATORS),
    ("POST", "/api/queue/bulk"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("POST", "/api/records/{record}/lease"): Rule(roles=CURATORS, cost="write"),
    ("DELETE", "/api/leases"): Rule(roles=CURATORS, cost="write"),
    ("POST", "/api/records/{record}/decision"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("POST", "/api/records/{record}/skip"): Rule(roles=CURATORS, cost="write"),
    ("POST", "/api/records/{record}/flag"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("POST", "/api/words/{line}/undo"): Rule(roles=CURATORS, cost="write"),
    ("POST", "/api/words/undo"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("GET", "/api/curators"): Rule(roles=CURATORS | {Role.AUDITOR}, cost="heavy"),
    ("GET", "/curator"): Rule(roles=CURATORS, cost="heavy", page=True),
    ("POST", "/api/records/{record}/nominate"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("POST", "/api/records/{record}/dispute"): Rule(roles=CURATORS, takes="json", cost="write"),
    ("GET", "/api/gold"): Rule(roles=GOLD_READERS),
    ("GET", "/api/flags"): Rule(roles=GOLD_READERS),
    # What everybody may see
    ("GET", "/live"): PUBLIC,
    ("GET", "/live/definitions"): PUBLIC,
    ("GET", "/live/datanets/{name}"): PUBLIC,
    ("GET", "/live/contributors/{contributor}"): PUBLIC,
    ("GET", "/live/epochs/{epoch}"): PUBLIC,
    ("GET", "/live/journal"): PUBLIC,
    ("GET", "/live/records/{record}"): PUBLIC,
    ("GET", "/live/figures/{file}"): PUBLIC,
    ("GET", "/live/datanets/{name}/figures/{file}"): PUBLIC,
    ("GET", "/live/journal.jsonl"): PUBLIC,
    ("GET", "/live/records/{record}/proof"): PUBLIC,
    ("GET", "/live/events"): PUBLIC,
    # Money and figures
    ("GET", "/api/statements/{contributor}"): Rule(roles=EVERYONE),
    ("GET", "/api/figures"): Rule(roles=EVERYONE),
}
