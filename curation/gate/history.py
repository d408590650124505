"""What was there before, grown file by file: the merged contributions of a base, then those of a branch.

Each file is judged by all before it, in memory, so that the files of one branch see each other and nothing is written.
"""

from dataclasses import dataclass, replace

import numpy as np

from curation.evidence.known import joined
from curation.ledger.inspected import inspected_rows
from curation.ledger.shelf import Shelved
from curation.ledger.standing import standings
from curation.opened import Checked
from curation.past import Past
from curation.setting import Setting


@dataclass(frozen=True, kw_only=True)
class History:
    """The files of one datanet in their order; `imported` says which are the owner's trusted ones."""

    setting: Setting
    parts: tuple[Shelved, ...] = ()
    imported: tuple[bool, ...] = ()

    def grown(self, part: Shelved, *, imported: bool = False) -> "History":
        """The same with one more file."""
        return replace(self, parts=(*self.parts, part), imported=(*self.imported, imported))

    def past(self) -> Past:
        """What the next file is judged by. Nobody decides in a Git history, so what inspection said stands."""
        known = [part.known for part in self.parts]
        if self.setting.table:
            # A row's vector follows from a reference's features and means nothing beside another reference's.
            known = [part.with_vectors(self.setting.vectors(part, None)) for part in known]
        lengths = [len(part.known) for part in self.parts]
        # Each file stands where it came.
        places = np.repeat(np.arange(1, len(lengths) + 1, dtype=np.int64), lengths)
        return Past(
            known=joined(known, table=self.setting.table),
            standings=standings([one for part in self.parts for one in part.inspected], {}, frozenset()),
            imported=np.repeat(np.array(self.imported, dtype=np.bool_), lengths),
            places=places,
            seqs=places,
            rulings={},
        )


def shelved(checked: Checked) -> Shelved:
    """A judged file as later ones see it."""
    return Shelved(
        known=checked.evidence.subjects,
        inspected=inspected_rows(checked.inspection, checked.setting.datanet.name),
    )
