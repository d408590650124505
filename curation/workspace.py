"""Every verb a person can use: those that read (`Opened`), and submit, import, decide, withdraw, refresh, rebuild.

Each that writes is the same few steps: inspect, write the files, write the journal line, let the store follow.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from curation.datanet.canonical import digest
from curation.deciding import Said, Word
from curation.errors import UsageError
from curation.evidence.reference import Reference
from curation.ground import cross_fitted, refitted, subjects_of
from curation.intake.reading import read_contribution
from curation.ledger.durable import write_file
from curation.ledger.facts import ReferenceFitted
from curation.ledger.rows import rows_of
from curation.ledger.state import State, Submission
from curation.measuring import Measuring
from curation.opened import Checked, Say, judged, silent
from curation.past import read_past
from curation.publishing import Publishing
from curation.serving import Serving
from curation.setting import Setting
from curation.submitting import Ready, Submitted, Submitting, as_before
from curation.training import Training

__all__ = ["Checked", "Said", "Say", "Submitted", "Word", "Workspace", "silent"]


class Workspace(Submitting, Training, Serving, Publishing, Measuring):
    """An opened workspace that can be written to, by one process at a time."""

    # The owner's records

    def import_file(self, file: Path, datanet: str) -> Submitted:
        """The owner's records, inspected like all others; all but the rejected join a new reference version."""
        setting = self.setting(datanet)
        name, owner = setting.datanet.name, setting.datanet.owner
        contribution = read_contribution(file, datanet=setting.datanet, contributor=owner)
        # Vectors and rules rest on nothing that others write: nobody waits for the encoder.
        known_before = self.state().contribution(name, owner, contribution.file_digest) is not None
        subjects = None if known_before else subjects_of(setting, contribution)
        with self._writing():
            state = self.state()
            before = state.contribution(name, owner, contribution.file_digest)
            if before is not None:
                return self._imported_again(before, file.name, state)
            data = self._unchanged(file, contribution)
            committed = self.commitment_of(contribution, state)
            ground = replace(self.ground(setting, state), place=committed)
            self._say(f"judging {len(contribution.rows)} records")
            members = ground.past.members(self.labels(state))
            audits = self.audits(ground.past, state, name)
            evidence = cross_fitted(
                ground, contribution, beside=[members], self_checked=False, audits=audits, subjects=subjects
            )
            checked = judged(ground, contribution, evidence, stored=True)
            # 1. The files that the journal lines will name. 2. The journal. 3. The store follows.
            card = self.objects.put(setting.card)
            manifest = self._reference_written(name, checked.evidence.reference, card, state)
            fact = self._written(checked, data, "import", committed, None)
            at = self._append_submission(Ready(fact=fact, rows=rows_of(contribution, setting.datanet)), state)
            if manifest is not None:
                self._append_reference(name, checked.evidence.reference, manifest)
                self._follow()
        self._keep_trusted(file.name, data, name)
        return Submitted(contribution=contribution.id, exit_code=0, checked=checked, first_at=at)

    def _imported_again(self, before: Submission, file_name: str, state: State) -> Submitted:
        """What was done before, with what an import that was cut short behind its journal line still lacks."""
        fact = before.fact
        if fact.kind != "import":
            raise UsageError("these bytes were submitted under the owner's name before; an import cannot repeat them")
        if fact.reference not in {entry.fact.version for entry in state.fitted}:
            self._refreshed(self.setting(fact.datanet), state)
        self._keep_trusted(file_name, self.objects.get(fact.file), fact.datanet)
        return as_before(before)

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
