"""Signing in and out: a token becomes a browser's session. The token comes in a header, so no body is read."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from curation.web.answers import answer
from curation.web.asked import PersonNow, ServiceNow, page
from curation.web.people import Person, Role
from curation.web.tokens import start_session

router = APIRouter(tags=["session"])

# Where each role begins.
HOME = {Role.CONTRIBUTOR: "/mine", Role.CURATOR: "/review", Role.OWNER: "/review", Role.AUDITOR: "/live"}


@router.get("/signin", response_class=HTMLResponse)
def signin(request: Request) -> Response:
    """The sign-in page."""
    return page(request, "signin.html")


@router.get("/", response_class=RedirectResponse, status_code=303)
def home(request: Request) -> Response:
    """Leads to where the person's work is; who is not signed in gets to see what everybody may."""
    person = getattr(request.state, "person", None)
    return RedirectResponse(HOME[person.role] if isinstance(person, Person) else "/live", 303)


@router.post("/session", status_code=201)
def start(person: PersonNow, service: ServiceNow) -> Response:
    """Begins a session: a cookie that no script reads, and the token its writing requests must carry."""
    begun = start_session(service.book, person, service.settings.session_hours)
    told = answer({"role": person.role, "name": person.name, "csrf": begun.csrf, "home": HOME[person.role]}, 201)
    told.set_cookie(
        service.settings.cookie,
        begun.cookie,
        max_age=begun.seconds,
        path="/",
        secure=service.settings.https,
        httponly=True,
        samesite="strict",
    )
    return told


@router.get("/session")
def who(person: PersonNow) -> Response:
    """Who is signed in."""
    told = {"role": person.role, "name": person.name, "identities": person.names, "datanets": person.datanets}
    return answer(told)


@router.delete("/session", status_code=204, response_class=Response)
def end(person: PersonNow, service: ServiceNow) -> Response:
    """Ends the session."""
    if person.session is not None:
        service.book.end_session(person.session)
    told = Response(status_code=204)
    told.delete_cookie(
        service.settings.cookie, path="/", secure=service.settings.https, httponly=True, samesite="strict"
    )
    return told
