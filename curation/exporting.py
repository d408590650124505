"""A datanet as a data set for others: its accepted records, what each record weighs, and how good the whole is.

It reads and journals nothing, and has no clock: the same journal line and code give the same rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from curation.audit.asked import Asked
from curation.audit.hushed import hushed
from curation.audit.released import Accepted, accepted, labels, weighed
from curation.datanet.card import Datanet, Role
from curation.errors import UsageError
from curation.ledger.journal import Event
from curation.ledger.objects import Objects
from curation.ledger.state import replay
from curation.reporting import Report, report_from
from curation.rewards.treasury import Treasury

if TYPE_CHECKING:
    from curation.ledger.store import Store
    from curation.opened import Opened


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A datanet up to the journal line that its report names; `private` says that its texts are not for everybody."""

    datanet: Datanet
    private: bool
    report: Report
    asked: Asked

    def accepted(self) -> Iterator[list[Accepted]]:
        """The accepted records in pieces, in the order of their ids; each time from the beginning."""
        return accepted(self.asked, self.datanet.name_of(Role.LABEL))

    def weighed(self) -> Iterator[list[dict[str, Any]]]:
        """Where every record stands, likewise."""
        return weighed(self.asked)


@contextmanager
def exported(workspace: "Opened", name: str, *, private: bool = False) -> Iterator[Exported]:
    """A datanet as the store has it, which stays open meanwhile.

    Raises `UsageError` when the card does not make texts public and this is no `private` copy.
    """
    datanet = workspace.datanet(name)
    if not datanet.public_texts and not private:
        raise UsageError(
            f"{datanet.name} keeps what its records say to itself: `public_texts: true` wanted in"
            f" datanets/{datanet.name}/datanet.yaml, or --private for a copy that is not for everybody"
        )
    with workspace.store() as store:
        yield exported_from(store, workspace.journal.read(), workspace.objects, datanet, private=private)


def exported_from(
    store: "Store", events: Sequence[Event], objects: Objects, datanet: Datanet, *, private: bool = False
) -> Exported:
    """The same from its parts, up to the line that the store reaches."""
    treasury = Treasury(replay(events[: store.position()[0]]), objects)
    asked = Asked(store, treasury, datanet.name)
    told = report_from(asked)
    words = ["curate export", datanet.name, "--format huggingface", *(["--private"] if private else [])]
    versions = (*told.basis.versions, ("pyarrow", version("pyarrow")))
    basis = replace(told.basis, command=" ".join(words), versions=versions)
    # The card of the data set has figures by label, and a rejected record's label is a text of its own.
    allowed = (field.allowed or () for field in datanet.with_role(Role.LABEL))
    public = labels(asked) | {str(one) for several in allowed for one in several}
    figures = tuple(hushed(one, public) for one in told.figures)
    return Exported(datanet=datanet, private=private, report=replace(told, basis=basis, figures=figures), asked=asked)
