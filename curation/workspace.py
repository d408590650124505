"""Every verb a person can use: those that read (`Opened`), and submit, import, decide, withdraw, refresh, rebuild.

Each that writes is the same few steps: inspect, write the files, write the journal line, let the store follow.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from curation.datanet.canonical import digest
from curation.datanet.card import Role
from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import CurationError, UsageError
from curation.evidence.reference import Reference
from curation.ground import Setting, cross_fitted, evidence_on, read_past, refitted
from curation.intake.kind import Kind, kind_of
from curation.intake.reading import read_contribution
from curation.ledger.durable import write_file
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    first_problem,
    record_fact,
)
from curation.ledger.inspected import findings_file, inspected_rows, result_file
from curation.ledger.lock import workspace_lock
from curation.ledger.results import ReasonFile, write_name, write_reason
from curation.ledger.rows import Row, rows_of
from curation.ledger.shelf import Shelved
from curation.ledger.state import State, Submission
from curation.opened import Checked, Contributor, Opened, Say, judged, silent
from curation.quality import MICRO
from curation.verdict import Verdict

__all__ = ["Checked", "Say", "Submitted", "Word", "Workspace", "silent"]


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a person says of a record, which `record` begins the id of.

    `drawn_with` makes it an audit: the probability, in (0, 1], with which a random draw took this record.
    """

    record: str
    decision: Literal["accept", "reject", "relabel"]
    reason: str
    label: str | None = None
    drawn_with: float | None = None

    @property
    def drawn_ppm(self) -> int | None:
        """The same in millionths, as it is journalled."""
        return None if self.drawn_with is None else round(self.drawn_with * MICRO)


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


class Workspace(Opened):
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
        with self._writing():
            state = self.state()
            before = state.contribution(name, contributor, contribution.file_digest)
            if before is not None:
                return self._again(before, kind, file.name, state)
            data = file.read_bytes()
            if digest(data) != contribution.file_digest:
                raise UsageError("the file changed while it was read; submit it again")
            ground = self.ground(setting, state)
            self._say(f"judging {len(contribution.rows)} records")
            if kind == "import":
                members = ground.past.members(self.labels(state))
                audits = self.audits(ground.past, state, name)
                evidence = cross_fitted(ground, contribution, beside=[members], self_checked=False, audits=audits)
            else:
                evidence = evidence_on(ground, contribution)
            checked = judged(ground, contribution, evidence, stored=True)
            at = self._record(checked, data, kind, state, commit)
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

    def _record(
        self, checked: Checked, data: bytes, kind: Literal["import", "submit"], state: State, commit: str | None
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
        at = self._append(fact)
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

    # People

    def decide(  # noqa: PLR0913  (what a person may say of one record)
        self,
        prefix: str,
        decision: Literal["accept", "reject", "relabel"],
        *,
        by: str,
        reason: str,
        label: str | None,
        drawn_with: float | None = None,
    ) -> str:
        """A person's word on a record and on all identical content; returns the record's id."""
        word = Word(record=prefix, decision=decision, reason=reason, label=label, drawn_with=drawn_with)
        return self.decide_all([word], by=by)[0]

    def decide_all(self, words: Sequence[Word], *, by: str) -> list[str]:
        """Many such words of one person, all or, when one of them cannot be, none; returns the ids of the records."""
        checked_name(by, "curator")
        for word in words:
            _check_word(word)
        with self._writing():
            with self.store() as store:
                records = [store.record(word.record) for word in words]
            for word, record in zip(words, records, strict=True):
                if word.label is not None:
                    self._check_label(record.datanet, word.label)
            for word, record in zip(words, records, strict=True):
                written = self.objects.put(write_reason(ReasonFile(reason=word.reason, label=word.label)))
                self._append(
                    RecordDecided(
                        record=record.record,
                        decision=word.decision,
                        by=by,
                        reason=written,
                        drawn_ppm=word.drawn_ppm,
                    )
                )
            self._follow()
        return [record.record for record in records]

    def withdraw(self, prefix: str) -> str:
        """Takes a record back; returns its id."""
        with self._writing():
            with self.store() as store:
                record = store.record(prefix)
            if record.verdict == Verdict.WITHDRAWN:
                raise UsageError(f"record {record.record} was withdrawn before")
            self._append(RecordWithdrawn(record=record.record))
            self._follow()
        return record.record

    def register(
        self, contributor: str, *, name: str | None = None, address: str | None = None, public_key: str | None = None
    ) -> Contributor:
        """Makes a contributor known, or says anew what is known of one: what is None stays as it was.

        The name is the id until one is given. Returns what is known now; nothing new is not journalled.
        """
        checked_name(contributor, "contributor")
        if name is not None and shown(name, len(name)) != name:
            raise UsageError(f"the public name {shown(name)!r} cannot be used: nothing invisible wanted")
        with self._writing():
            before = self.state().contributors.get(contributor)
            kept = None if before is None else before.fact
            try:
                written = write_name(contributor if name is None else name)
                fact = ContributorRegistered(
                    contributor=contributor,
                    name=kept.name if kept is not None and name is None else digest(written),
                    address=kept.address if kept is not None and address is None else address,
                    public_key=kept.public_key if kept is not None and public_key is None else public_key,
                )
            except ValidationError as error:
                raise UsageError(f"contributor {contributor}: {first_problem(error)}") from None
            if fact != kept:
                if fact.name == digest(written):
                    self.objects.put(written)
                self._append(fact)
                self._follow()
            return self._contributor(fact)

    def _check_label(self, datanet: str, label: str) -> None:
        fields = self.datanet(datanet).with_role(Role.LABEL)
        if not fields:
            raise UsageError(f"{datanet} has no labels to change")
        if fields[0].allowed is not None and label not in fields[0].allowed:
            wanted = ", ".join(shown(one, 60) for one in fields[0].allowed[:50])
            raise UsageError(f"the label {shown(label, 60)!r} is not allowed in {datanet}: one of {wanted} wanted")

    # Truth

    def rebuild(self) -> dict[str, tuple[int, str]]:
        """The store anew from journal and files; the number of rows and a digest of each table."""
        with self._writing(), self.store() as store:
            store.rebuild()
            return store.fingerprints()

    # Writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with workspace_lock(self.places.state_dir):
            yield

    def _append(self, fact: Fact) -> datetime:
        return record_fact(self.journal, fact, self._clock()).at

    def _append_reference(self, datanet: str, reference: Reference, manifest: bytes) -> None:
        written = self.objects.put(manifest)
        members = len(reference)
        self._append(ReferenceFitted(datanet=datanet, version=reference.version, members=members, manifest=written))

    def _follow(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> None:
        """Lets the store follow the journal.

        What is journalled has happened, so nothing that fails here may say otherwise: the store is derived, and the
        next command that opens it catches up.
        """
        from curation.ledger.duck import DuckError  # noqa: PLC0415  (a check needs no DuckDB)

        with suppress(CurationError, DuckError, OSError):
            self.store(rows).close()

    def _salt(self) -> bytes:
        """What makes the journal's content digests unguessable; made once, kept beside the journal, never exported."""
        path = self.places.state_dir / "salt"
        if not path.exists():
            write_file(path, secrets.token_bytes(32))
        return path.read_bytes()

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


def _kind_told(kind: Kind) -> str:
    return f"{kind.format}.gz" if kind.gzipped else str(kind.format)


def _check_word(word: Word) -> None:
    """Raises `UsageError` for a word that cannot be journalled."""
    if not word.reason.strip():
        raise UsageError("a decision needs a reason")
    if not _is_text(word.reason) or not _is_text(word.label or ""):
        raise UsageError("reason and label must be text in UTF-8")
    if (word.decision == "relabel") != (word.label is not None):
        raise UsageError("`relabel` and `--label` go together")
    if word.drawn_with is not None and not 1 / MICRO <= word.drawn_with <= 1:
        raise UsageError(f"the record was drawn with probability {word.drawn_with:g}, .000001 to 1 wanted")


def _is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8; what a terminal passes on may hold bytes that are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
