"""How curators do, for those who lead them and for each of themselves; and what the owner is asked to look at."""

from fastapi import APIRouter
from starlette.responses import Response

from curation.formats.curators import curators_document
from curation.formats.review import flags_document
from curation.web.answers import answer
from curation.web.asked import PersonNow, ServiceNow, WorkspaceNow, heavily
from curation.web.people import Role

router = APIRouter(tags=["review"])


@router.get("/api/curators")
async def curators(person: PersonNow, workspace: WorkspaceNow, service: ServiceNow) -> Response:
    """Looks, seconds, agreement and accuracy on gold; a curator sees their own alone, and which gold they missed."""
    found = await heavily(service, lambda: workspace.curators(person.datanets))
    mine = [one for one in found if person.role is not Role.CURATOR or one.curator == person.name]
    return answer(curators_document(mine, missed_of=person.name))


@router.get("/api/flags")
def flags(person: PersonNow, workspace: WorkspaceNow) -> Response:
    """What curators flagged for the owner, and nobody decided about since."""
    return answer(flags_document(workspace.flags(person.datanets)))
