"""Every verb a person can use: those that read (`Opened`), and submit, import, decide, withdraw, refresh, rebuild.

Each that writes is the same few steps: inspect, write the files, write the journal line, let the store follow.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from curation.committing import Committing
from curation.datanet.canonical import digest
from curation.datanet.names import checked_name
from curation.deciding import Said, Word
from curation.errors import UsageError
from curation.evidence.reference import Reference
from curation.ground import cross_fitted, evidence_on, refitted, subjects_of
from curation.intake.kind import Kind, kind_of
from curation.intake.reading import read_contribution
from curation.ledger.durable import write_file
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    ReferenceFitted,
)
from curation.ledger.inspected import findings_file, inspected_rows, result_file
from curation.ledger.results import write_name
from curation.ledger.rows import rows_of
from curation.ledger.shelf import Shelved
from curation.ledger.state import State, Submission
from curation.measuring import Measuring
from curation.opened import Checked, Say, judged, silent
from curation.past import read_past
from curation.publishing import Publishing
from curation.serving import Serving
from curation.setting import Setting
from curation.training import Training

__all__ = ["Checked", "Said", "Say", "Submitted", "Word", "Workspace", "silent"]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a submission came to. A repeated one has no `checked`: nothing was judged again, it exits as at first."""

    contribution: str
    exit_code: int
    checked: Checked | None
    first_at: datetime

    @property
    def already(self) -> bool:
        """Whether the same bytes by the same contributor were submitted before."""
        return self.checked is None


class Workspace(Committing, Training, Serving, Publishing, Measuring):
    """An opened workspace that can be written to, by one process at a time."""

    # Contributions

    def submit(self, file: Path, datanet: str, contributor: str, *, commit: str | None = None) -> Submitted:
        """A check that is stored, whatever the verdict. The same bytes by the same contributor again change nothing.

        `commit` is the id of the Git commit that brought the file.
        """
        setting = self.setting(datanet)
        checked_name(contributor, "contributor")
        return self._stored(file, setting, contributor, "submit", commit)

    def import_file(self, file: Path, datanet: str) -> Submitted:
        """The owner's records, inspected like all others; all but the rejected join a new reference version."""
        setting = self.setting(datanet)
        return self._stored(file, setting, setting.datanet.owner, "import")

    def _stored(
        self,
        file: Path,
        setting: Setting,
        contributor: str,
        kind: Literal["import", "submit"],
        commit: str | None = None,
    ) -> Submitted:
        contribution = read_contribution(file, datanet=setting.datanet, contributor=contributor)
        name = setting.datanet.name
        # Vectors and rules rest on nothing that others write: nobody waits for the encoder.
        known_before = self.state().contribution(name, contributor, contribution.file_digest) is not None
        subjects = None if known_before else subjects_of(setting, contribution)
        with self._writing():
            state = self.state()
            before = state.contribution(name, contributor, contribution.file_digest)
            if before is not None:
                return self._again(before, kind, file.name, state)
            data = file.read_bytes()
            if digest(data) != contribution.file_digest:
                raise UsageError("the file changed while it was read; submit it again")
            committed = self.commitment_of(contribution, state)
            ground = replace(self.ground(setting, state), place=committed)
            self._say(f"judging {len(contribution.rows)} records")
            if kind == "import":
                members = ground.past.members(self.labels(state))
                audits = self.audits(ground.past, state, name)
                evidence = cross_fitted(
                    ground, contribution, beside=[members], self_checked=False, audits=audits, subjects=subjects
                )
            else:
                evidence = evidence_on(ground, contribution, subjects)
            checked = judged(ground, contribution, evidence, stored=True)
            at = self._record(checked, data, kind, state, committed, commit)
        if kind == "import":
            self._keep_trusted(file.name, data, name)
        code = checked.outcome.exit_code if kind == "submit" else 0
        return Submitted(contribution=contribution.id, exit_code=code, checked=checked, first_at=at)

    def _again(self, before: Submission, kind: str, file_name: str, state: State) -> Submitted:
        """What was done before, with what an import that was cut short behind its journal line still lacks."""
        fact = before.fact
        if kind == "import":
            if fact.kind != "import":
                raise UsageError(
                    "these bytes were submitted under the owner's name before; an import cannot repeat them"
                )
            if fact.reference not in {entry.fact.version for entry in state.fitted}:
                self._refreshed(self.setting(fact.datanet), state)
            self._keep_trusted(file_name, self.objects.get(fact.file), fact.datanet)
        return Submitted(contribution=fact.contribution, exit_code=fact.exit_code, checked=None, first_at=before.at)

    def _record(  # noqa: PLR0913, PLR0917  (all that a submission says)
        self,
        checked: Checked,
        data: bytes,
        kind: Literal["import", "submit"],
        state: State,
        committed: int | None,
        commit: str | None,
    ) -> datetime:
        """Writes down an inspected contribution. The order matters: files, journal, then what follows from them."""
        contribution, setting = checked.contribution, checked.setting
        # 1. The files that the journal line will name.
        reference = checked.evidence.reference if kind == "import" else None
        card = self.objects.put(setting.card)
        manifest = None if reference is None else self._reference_written(setting.datanet.name, reference, card, state)
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
            card=card,
            rules=self.objects.put(setting.rules_bytes),
            reference=checked.inspection.reference,
            result=self.objects.put(result_file(checked.inspection, self._salt())),
            findings=self.objects.put(findings_file(checked.inspection)),
            exit_code=0 if checked.outcome.met or kind == "import" else 1,
            committed=committed,
            commit=commit,
        )
        shelved = Shelved(
            known=checked.evidence.subjects, inspected=inspected_rows(checked.inspection, setting.datanet.name)
        )
        self.shelf.put(contribution.id, shelved, setting.encoder_key)
        # 2. The journal: from here on it has happened.
        if contribution.contributor not in state.contributors:
            name = self.objects.put(write_name(contribution.contributor))
            self._append(ContributorRegistered(contributor=contribution.contributor, name=name))
        at = self._append(fact).at
        if reference is not None and manifest is not None:
            self._append_reference(setting.datanet.name, reference, manifest)
        # 3. The store follows.
        self._follow({contribution.id: rows_of(contribution, setting.datanet)})
        return at

    def refresh(self, datanet: str) -> tuple[str, int, bool]:
        """A new reference version of imported and trusted records: its version, its size, whether it is new."""
        setting = self.setting(datanet)
        with self._writing():
            return self._refreshed(setting, self.state())

    def _refreshed(self, setting: Setting, state: State) -> tuple[str, int, bool]:
        name = setting.datanet.name
        past = read_past(state, setting, self.shelf, self.shelved)
        self._say("fitting the reference")
        reference = refitted(setting, past.members(self.labels(state)), self.audits(past, state, name))
        manifest = self._reference_written(name, reference, self.objects.put(setting.card), state)
        if manifest is not None:
            self._append_reference(name, reference, manifest)
            self._follow()
        current = state.reference(name)
        return reference.version, len(reference), current is None or current.version != reference.version

    def _reference_written(self, name: str, reference: Reference, card: str, state: State) -> bytes | None:
        """Writes the files of a reference and tells what they are; None when they are the current ones, and whole.

        The files of a version stay as they are while they are sound: a check may be reading them, and the last bits of
        floats may differ on this machine. Damaged ones are made anew, which the journal has to say.
        """
        current = state.reference(name)
        if current is not None and current.version == reference.version:
            kept = self.shelf.reference_files(name, reference.version)
            if kept == self.reference_files(current.manifest):
                return None
        return self.shelf.put_reference(name, reference, card)

    def _append_reference(self, datanet: str, reference: Reference, manifest: bytes) -> None:
        written = self.objects.put(manifest)
        members = len(reference)
        self._append(ReferenceFitted(datanet=datanet, version=reference.version, members=members, manifest=written))

    def _keep_trusted(self, file_name: str, data: bytes, datanet: str) -> None:
        """Imported files lie in the datanet's `trusted/` folder, so that the folder alone can be cloned and judged by.

        The import has happened by then, and its file is an object of the journal: a folder that cannot be written to
        is no failure.
        """
        folder = self.root / "datanets" / datanet / "trusted"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            if any(path.read_bytes() == data for path in folder.iterdir() if path.is_file()):
                return
            target = folder / file_name
            write_file(folder / f"{digest(data)[:12]}-{file_name}" if target.exists() else target, data)

    # Truth

    def rebuild(self) -> dict[str, tuple[int, str]]:
        """The store anew from journal and files; the number of rows and a digest of each table."""
        with self._writing(), self.store() as store:
            store.rebuild()
            return store.fingerprints()


def _kind_told(kind: Kind) -> str:
    return f"{kind.format}.gz" if kind.gzipped else str(kind.format)
