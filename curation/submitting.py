"""What a contributor does: submit a file, which is judged, journalled and stored, whatever the verdict.

In two steps, so that nobody waits for the first: what rests on nothing that others write, and what needs the journal
to stand still.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from curation.committing import Committing
from curation.datanet.canonical import digest
from curation.datanet.names import checked_name
from curation.datanet.record import Contribution
from curation.errors import UsageError
from curation.ground import Subjects, evidence_on, subjects_of
from curation.intake.kind import Kind, kind_of
from curation.intake.reading import read_contribution
from curation.ledger.facts import ContributionSubmitted, ContributorRegistered
from curation.ledger.inspected import findings_file, inspected_rows, result_file
from curation.ledger.results import write_name
from curation.ledger.rows import Row, rows_of
from curation.ledger.shelf import Shelved
from curation.ledger.state import State, Submission
from curation.opened import Checked, judged
from curation.setting import Setting


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a submission came to. `already`: the same bytes by the same contributor were submitted before.

    A repeated one was not judged again and exits as at first. `checked` is there when it was judged in this process.
    """

    contribution: str
    exit_code: int
    checked: Checked | None
    first_at: datetime
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A contribution judged as of one journal line, all files written that its own line will name.

    `rows` are those of the file, where they are at hand. `checked` is there when it was judged in this process.
    """

    fact: ContributionSubmitted
    rows: tuple[Row, ...] | None = None
    checked: Checked | None = None


class Prepared(Protocol):
    """A file that was read, with what is known of it without the journal."""

    @property
    def file_digest(self) -> str:
        """SHA-256 of the file's bytes."""
        ...

    def ready(self, state: State, commit: str | None) -> Ready:
        """Judged as of `state`, to which nobody may add meanwhile; raises `UsageError` when the file has changed."""
        ...


class Submitting(Committing):
    """A workspace that takes contributions."""

    def submit(self, file: Path, datanet: str, contributor: str, *, commit: str | None = None) -> Submitted:
        """A check that is stored, whatever the verdict. The same bytes by the same contributor again change nothing.

        `commit` is the id of the Git commit that brought the file.
        """
        prepared = self.prepare(file, datanet, contributor)
        with self._writing():
            state = self.state()
            before = state.contribution(datanet, contributor, prepared.file_digest)
            if before is not None:
                return as_before(before)
            ready = prepared.ready(state, commit)
            at = self._append_submission(ready, state)
        return Submitted(
            contribution=ready.fact.contribution, exit_code=ready.fact.exit_code, checked=ready.checked, first_at=at
        )

    def prepare(self, file: Path, datanet: str, contributor: str) -> Prepared:
        """What takes longest about a submission and rests on nothing that others write: nobody waits for it."""
        setting = self.setting(datanet)
        checked_name(contributor, "contributor")
        contribution = read_contribution(file, datanet=setting.datanet, contributor=contributor)
        known_before = self.state().contribution(datanet, contributor, contribution.file_digest) is not None
        subjects = None if known_before else subjects_of(setting, contribution)
        return _PreparedHere(workspace=self, file=file, setting=setting, contribution=contribution, subjects=subjects)

    def judge(self, prepared: "_PreparedHere", state: State, commit: str | None) -> Ready:
        """As `Prepared.ready` says; the caller holds the workspace's lock, or asks for somebody who does."""
        contribution, setting = prepared.contribution, prepared.setting
        data = self._unchanged(prepared.file, contribution)
        committed = self.commitment_of(contribution, state)
        ground = replace(self.ground(setting, state), place=committed)
        self._say(f"judging {len(contribution.rows)} records")
        checked = judged(ground, contribution, evidence_on(ground, contribution, prepared.subjects), stored=True)
        fact = self._written(checked, data, "submit", committed, commit)
        return Ready(fact=fact, checked=checked, rows=rows_of(contribution, setting.datanet))

    @staticmethod
    def _unchanged(file: Path, contribution: Contribution) -> bytes:
        data = file.read_bytes()
        if digest(data) != contribution.file_digest:
            raise UsageError("the file changed while it was read; submit it again")
        return data

    def _written(
        self,
        checked: Checked,
        data: bytes,
        kind: Literal["import", "submit"],
        committed: int | None,
        commit: str | None,
    ) -> ContributionSubmitted:
        """Writes the files of an inspected contribution that its journal line will name; returns what it will say."""
        contribution, setting = checked.contribution, checked.setting
        fact = ContributionSubmitted(
            contribution=contribution.id,
            datanet=setting.datanet.name,
            contributor=contribution.contributor,
            kind=kind,
            file=self.objects.put(data),
            file_kind=_kind_told(kind_of(contribution.file_name)),
            # A file system's names are bytes; those that are no text come as lone surrogates.
            file_name_digest=digest(contribution.file_name.encode(errors="surrogateescape")),
            records=len(contribution.rows),
            card=self.objects.put(setting.card),
            rules=self.objects.put(setting.rules_bytes),
            reference=checked.inspection.reference,
            result=self.objects.put(result_file(checked.inspection, self._salt())),
            findings=self.objects.put(findings_file(checked.inspection)),
            exit_code=0 if checked.outcome.met or kind == "import" else 1,
            committed=committed,
            commit=commit,
        )
        inspected = inspected_rows(checked.inspection, setting.datanet.name)
        shelved = Shelved(known=checked.evidence.subjects, inspected=inspected)
        self.shelf.put(contribution.id, shelved, setting.encoder_key)
        return fact

    def _append_submission(self, ready: Ready, state: State) -> datetime:
        """From here on it has happened; returns when. The files that the line names were written before."""
        fact = ready.fact
        if fact.contributor not in state.contributors:
            name = self.objects.put(write_name(fact.contributor))
            self._append(ContributorRegistered(contributor=fact.contributor, name=name))
        at = self._append(fact).at
        self._follow(None if ready.rows is None else {fact.contribution: ready.rows})
        return at


@dataclass(frozen=True, kw_only=True)
class _PreparedHere:
    """As `Prepared`, in this process. `subjects` is None for a file that is known already."""

    workspace: Submitting
    file: Path
    setting: Setting
    contribution: Contribution
    subjects: Subjects | None

    @property
    def file_digest(self) -> str:
        return self.contribution.file_digest

    def ready(self, state: State, commit: str | None) -> Ready:
        return self.workspace.judge(self, state, commit)


def as_before(before: Submission) -> Submitted:
    """What a submission comes to that was there before."""
    fact = before.fact
    return Submitted(
        contribution=fact.contribution, exit_code=fact.exit_code, checked=None, first_at=before.at, already=True
    )


def _kind_told(kind: Kind) -> str:
    return f"{kind.format}.gz" if kind.gzipped else str(kind.format)
