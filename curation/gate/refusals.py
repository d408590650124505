"""What the gate refuses whatever a file's records are worth: one code each, with what would pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# What would pass, by code. docs/gate.md explains each, and a test compares.
FIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "changed-file": "leave merged files as they are and add a new one; ask for a withdrawal to take a record back",
        "deleted-file": "put the file back; ask for a withdrawal to take a record back",
        "misplaced": "put it at datanets/<datanet>/contributions/<contributor>/<file>, names of a-z, 0-9 and '-'",
        "same-name": "give the file a name that no other one has, in whatever case it is written",
        "moved-path": "bring the base into the branch, by a merge or a rebase, and have that judged",
        "odd-mode": "add a regular file that is no link, no program and no submodule (mode 100644)",
        "unknown-datanet": "contribute to a datanet of the base; a new one is added by the owner first",
        "foreign-folder": "use the author's own folder, or have a maintainer tie them to it in contributors.yaml",
        "owner-only": "leave it to the owner: contributors.yaml of the base must tie the author to the owner's name",
        "tracked-state": "take it out of the branch and write `.curation/` into .gitignore",
        "too-large": "split it, or ask the owner to raise gate.file_bytes_max on the card",
        "too-many-files": "split the branch, or ask the owner to raise gate.files_max on the card",
        "too-many-records": "split the branch, or ask the owner to raise gate.records_max on the card",
        "too-fast": "wait, or ask the owner to raise gate.rate_records_max on the card",
        "not-as-checked": "merge without --checked, so that it is judged by what stands there now",
        "not-passed": "take the merge back and have it judged mended; or let it in with --fail-on, without --checked",
        "unreadable-file": "write the file as the message wants it",
    }
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One thing that a branch may not do. `message` says what was seen; `path` is raw and must be made showable."""

    code: str
    path: str
    message: str

    @property
    def fix(self) -> str:
        """What would pass."""
        return FIXES[self.code]


def refused(code: str, path: str, message: str) -> Refusal:
    """A refusal; the code must be one that is explained."""
    assert code in FIXES, code
    return Refusal(code=code, path=path, message=message)
