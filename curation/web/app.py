"""The application: doors around routers, each router a file."""

import secrets
import threading

import anyio
from fastapi import FastAPI
from starlette.middleware import Middleware

from curation import __version__
from curation.hosting import Hosted
from curation.web import (
    api_curators,
    api_datanets,
    api_gold,
    api_money,
    api_records,
    api_uploads,
    curator_page,
    live_data,
    live_events,
    live_pages,
    page_mine,
    pages,
    problems,
    process,
    review_api,
    review_page,
    session,
)
from curation.web.access import Access
from curation.web.asked import Service
from curation.web.book import Book
from curation.web.guard import Guard
from curation.web.limits import Buckets
from curation.web.live import Live
from curation.web.settings import Settings
from curation.web.streams import Streams
from curation.web.uploads import Uploads

ROUTERS = (
    process.router,
    session.router,
    api_uploads.router,
    api_datanets.router,
    api_records.router,
    api_money.router,
    review_api.router,
    api_curators.router,
    api_gold.router,
    curator_page.router,
    review_page.router,
    page_mine.router,
    live_data.router,
    live_events.router,
    live_pages.router,
)
DAY_SECONDS = 86_400


def application(workspace: Hosted, book: Book, settings: Settings) -> FastAPI:
    """The web service over an opened workspace. Who may do what stands in `roles.py`, and nowhere else."""
    app = FastAPI(
        title="curation",
        version=__version__,
        openapi_url=None,  # a route of ours, so that it is in the document too
        docs_url=None,  # its page loads from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=[
            Middleware(Guard, settings=settings),
            Middleware(Access, book=book, settings=settings, buckets=Buckets()),
        ],
        responses=problems.RESPONSES,
    )
    problems.add_to(app)
    for router in ROUTERS:
        app.include_router(router)
    book.drop_keys_before(book.now - settings.key_days * DAY_SECONDS)
    app.state.service = Service(
        hosted=workspace,
        book=book,
        settings=settings,
        run=secrets.token_hex(8),
        templates=pages.templates(),
        uploads=Uploads(workspace.places.uploads),
        heavy=anyio.CapacityLimiter(settings.judged_at_once),
        live=Live(workspace),
        streams=Streams(settings.streams_max, settings.streams_of_one_max),
        ending=threading.Event(),
    )
    return app
