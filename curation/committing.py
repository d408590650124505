"""Commit to contents before showing them, so that nobody can overtake what they could see."""

from dataclasses import dataclass
from pathlib import Path

from curation.datanet.names import checked_name
from curation.datanet.record import Contribution
from curation.errors import UsageError
from curation.intake.reading import read_contribution
from curation.ledger.inspected import salted
from curation.ledger.money_facts import ContentsCommitted
from curation.ledger.money_files import ContentsFile
from curation.ledger.state import State
from curation.writing import Writing


@dataclass(frozen=True, kw_only=True)
class Committed:
    """A commitment: its journal line, and how many readable records it covers. `new`: it was not there before."""

    seq: int
    records: int
    new: bool


class Committing(Writing):
    """A workspace in which contents can be committed to."""

    def commit(self, file: Path, datanet: str, contributor: str) -> Committed:
        """Journals salted digests of a file's readable records; nothing of them is judged, shown or kept.

        A later submission of just these records by the same contributor takes this place in the order.
        """
        checked_name(contributor, "contributor")
        contribution = read_contribution(file, datanet=self.datanet(datanet), contributor=contributor)
        if not contribution.records:
            raise UsageError(f"{file.name!r} has no readable record to commit to")
        with self._writing():
            contents = ContentsFile(contents=self._digests(contribution)).written()
            told = self.objects.put(contents)
            for entry in self.state().commitments:
                if (entry.fact.datanet, entry.fact.contributor, entry.fact.contents) == (datanet, contributor, told):
                    return Committed(seq=entry.seq, records=entry.fact.records, new=False)
            count = len(contribution.records)
            event = self._append(
                ContentsCommitted(datanet=datanet, contributor=contributor, contents=told, records=count)
            )
            self._follow()
        return Committed(seq=event.seq, records=count, new=True)

    def commitment_of(self, contribution: Contribution, state: State) -> int | None:
        """The journal line of this contributor's first commitment to just these records, or None.

        All that was committed to has to be shown: or one could commit to every variant of a text, and later show the
        one that somebody else has submitted.
        """
        own = [
            entry
            for entry in state.commitments
            if (entry.fact.datanet, entry.fact.contributor) == (contribution.datanet, contribution.contributor)
        ]
        if not own or not contribution.records:
            return None
        wanted = set(self._digests(contribution))
        covering = (
            entry.seq
            for entry in own
            if wanted == set(ContentsFile.read(self.objects.get(entry.fact.contents)).contents)
        )
        return next(covering, None)

    def _digests(self, contribution: Contribution) -> list[str]:
        salt = self._salt()
        return sorted({salted(salt, record.digest) for record in contribution.records})
