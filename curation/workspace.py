"""Every verb a person can use: check, submit, import, decide, withdraw, refresh, status, explain, verify, rebuild.

Each is the same few steps: inspect, write the files, write the journal line, let the store follow.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from curation.datanet.canonical import digest
from curation.datanet.card import Datanet, Role, load_card, read_card
from curation.datanet.names import checked_name
from curation.datanet.record import Contribution
from curation.errors import UsageError
from curation.evidence.evidence import Evidence
from curation.evidence.known import known_of
from curation.ground import Ground, Past, Setting, cross_fitted, evidence_on, load_setting, read_past, refitted
from curation.inspection import Inspection, inspect
from curation.intake.kind import Format, Kind, kind_of
from curation.intake.reading import read_contribution
from curation.ledger.durable import write_file
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    record_fact,
)
from curation.ledger.inspected import findings_file, inspected_rows, result_file
from curation.ledger.journal import Journal
from curation.ledger.lock import workspace_lock
from curation.ledger.objects import Objects
from curation.ledger.places import Places
from curation.ledger.questions import DatanetStatus, Explanation, datanet_status, explanation
from curation.ledger.results import ReasonFile, read_reason, read_result, write_reason
from curation.ledger.rows import Row, rows_of
from curation.ledger.shelf import Shelf, Shelved
from curation.ledger.standing import Inspected
from curation.ledger.state import State, Submission, replay
from curation.ledger.store import Store
from curation.ledger.verify import Compared, Verification, verify
from curation.outcome import Outcome, outcome_of
from curation.shared import shared_folder
from curation.verdict import Verdict

STATE_FOLDER = ".curation"
ANONYMOUS = "anonymous"


class Say(Protocol):
    """Hears what long work is doing: what, how much of it is done, and how much there is, where that is known."""

    def __call__(self, what: str, done: int = 0, total: int | None = None) -> None: ...  # noqa: D102


def silent(what: str, done: int = 0, total: int | None = None) -> None:
    """Hears and says nothing."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One contribution, judged. `stored` tells apart a dry run; `already` a repeated submission, of which nothing new."""

    contribution: Contribution
    setting: Setting
    evidence: Evidence
    inspection: Inspection
    outcome: Outcome
    reference_members: int
    earlier: int
    stored: bool = False


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What a submission came to. A repeated one has no `checked`: nothing was judged again; it exits as it did first."""

    contribution: str
    exit_code: int
    checked: Checked | None
    first_at: datetime

    @property
    def already(self) -> bool:
        """Whether the same bytes by the same contributor were submitted before."""
        return self.checked is None


class Workspace:
    """A folder with `datanets/` and the state in `.curation/`. Opening one writes nothing."""

    def __init__(self, root: Path, *, say: Say = silent, clock: Callable[[], datetime] | None = None) -> None:
        """`say` hears what long work is doing; `clock` gives UTC times for the journal."""
        if not (root / "datanets").is_dir():
            raise UsageError(f"{root.name or root} is no workspace: a folder with `datanets/` in it wanted")
        self.root = root
        self.places = Places(state_dir=root / STATE_FOLDER)
        self.journal = Journal(self.places.journal)
        self.objects = Objects(self.places.objects)
        self.shelf = Shelf(self.places)
        self._say = say
        self._clock = clock or (lambda: datetime.now(UTC))

    @staticmethod
    def find(start: Path, *, say: Say = silent) -> "Workspace":
        """The nearest folder upward with `datanets/`; raises `UsageError` when there is none."""
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / "datanets").is_dir():
                return Workspace(folder, say=say)
        raise UsageError("no workspace here or above: a folder with `datanets/` in it wanted (see `curate new`, `curate demo`)")

    @cached_property
    def rule_folders(self) -> tuple[Path, ...]:
        """Where rule packs are looked for: the workspace's own shadow the built-in ones."""
        return (self.root / "rules", shared_folder("rules"))

    def state(self) -> State:
        """All that the journal says now."""
        return replay(self.journal.read())

    def datanets(self) -> tuple[str, ...]:
        """The names of the datanets that have a card."""
        return tuple(sorted(path.parent.name for path in (self.root / "datanets").glob("*/datanet.yaml")))

    def datanet(self, name: str) -> Datanet:
        """The card of a datanet; raises `UsageError` or `CardError`."""
        checked_name(name, "datanet")
        if not (self.root / "datanets" / name).is_dir():
            raise UsageError(f"there is no datanet {name!r} in this workspace: datanets/{name}/ wanted")
        return load_card(self.root / "datanets" / name)[0]

    def status(self, name: str | None) -> list[DatanetStatus]:
        """How one datanet stands, or all of them."""
        names = self.datanets() if name is None else (self.datanet(name).name,)
        with self.store() as store:
            return [datanet_status(store, one) for one in names]

    def explain(self, prefix: str) -> Explanation:
        """Every number behind one record."""
        with self.store() as store:
            return explanation(store, prefix)

    # Judging

    def check(self, file: Path, datanet: str, contributor: str = ANONYMOUS) -> Checked:
        """A dry run: reads files only, changes nothing, works while another process submits."""
        setting = self.setting(datanet)
        contribution = read_contribution(file, datanet=setting.datanet, contributor=checked_name(contributor, "contributor"))
        ground = self._ground(setting, self.state())
        self._say(f"judging {len(contribution.rows)} records")
        return _checked(ground, contribution, evidence_on(ground, contribution))

    def submit(self, file: Path, datanet: str, contributor: str) -> Submitted:
        """The same, stored, whatever the verdict. The same bytes by the same contributor again change nothing."""
        setting = self.setting(datanet)
        checked_name(contributor, "contributor")
        return self._stored(file, setting, contributor, "submit")

    def import_file(self, file: Path, datanet: str) -> Submitted:
        """The owner's records, inspected like all others; all but the rejected join a new reference version."""
        setting = self.setting(datanet)
        return self._stored(file, setting, setting.datanet.owner, "import")

    def _stored(self, file: Path, setting: Setting, contributor: str, kind: Literal["import", "submit"]) -> Submitted:
        contribution = read_contribution(file, datanet=setting.datanet, contributor=contributor)
        name = setting.datanet.name
        with self._writing():
            state = self.state()
            before = state.contribution(name, contributor, contribution.file_digest)
            if before is not None:
                return Submitted(
                    contribution=before.fact.contribution, exit_code=before.fact.exit_code, checked=None, first_at=before.at
                )
            ground = self._ground(setting, state)
            self._say(f"judging {len(contribution.rows)} records")
            if kind == "import":
                members = ground.past.members(self.labels(state))
                evidence = cross_fitted(ground, contribution, beside=[members], self_checked=False)
            else:
                evidence = evidence_on(ground, contribution)
            checked = _checked(ground, contribution, evidence, stored=True)
            at = self._record(checked, file.read_bytes(), kind, state)
        if kind == "import":
            self._keep_trusted(file, name)
        return Submitted(
            contribution=contribution.id,
            exit_code=checked.outcome.exit_code if kind == "submit" else 0,
            checked=checked,
            first_at=at,
        )

    def _record(self, checked: Checked, data: bytes, kind: Literal["import", "submit"], state: State) -> datetime:
        """Writes down an inspected contribution. The order matters: files, journal, then what follows from them."""
        contribution, setting = checked.contribution, checked.setting
        if digest(data) != contribution.file_digest:
            raise UsageError("the file changed while it was read; submit it again")
        # 1. The files that the journal line will name.
        reference = checked.evidence.reference if kind == "import" else None
        manifest = None if reference is None else self.shelf.put_reference(setting.datanet.name, reference)
        fact = ContributionSubmitted(
            contribution=contribution.id,
            datanet=setting.datanet.name,
            contributor=contribution.contributor,
            kind=kind,
            file=self.objects.put(data),
            file_kind=_kind_told(kind_of(contribution.file_name)),
            file_name_digest=digest(contribution.file_name.encode()),
            records=len(contribution.rows),
            card=self.objects.put(setting.card),
            rules=self.objects.put(setting.rules_bytes),
            reference=checked.inspection.reference,
            result=self.objects.put(result_file(checked.inspection, self._salt())),
            findings=self.objects.put(findings_file(checked.inspection)),
            exit_code=0 if checked.outcome.met or kind == "import" else 1,
        )
        shelved = Shelved(
            known=checked.evidence.subjects, inspected=inspected_rows(checked.inspection, setting.datanet.name)
        )
        self.shelf.put(contribution.id, shelved, setting.encoder_key)
        # 2. The journal: from here on it has happened.
        if contribution.contributor not in state.contributors:
            self._append(ContributorRegistered(contributor=contribution.contributor, name=contribution.contributor))
        at = self._append(fact)
        if reference is not None and manifest is not None:
            self._append_reference(setting.datanet.name, reference.version, len(reference), manifest)
        # 3. The store follows.
        self.store({contribution.id: rows_of(contribution, setting.datanet)}).close()
        return at

    def refresh(self, datanet: str) -> tuple[str, int, bool]:
        """A new reference version of imported and trusted records: its version, its size, whether it is new."""
        setting = self.setting(datanet)
        with self._writing():
            state = self.state()
            past = read_past(state, setting, self.shelf, self.shelved)
            self._say("fitting the reference")
            reference = refitted(setting, past.members(self.labels(state)))
            current = state.reference(datanet)
            manifest = self.shelf.put_reference(datanet, reference)
            is_new = current is None or current.version != reference.version
            if is_new:
                self._append_reference(datanet, reference.version, len(reference), manifest)
                self._follow()
        return reference.version, len(reference), is_new

    # People

    def decide(self, prefix: str, decision: Literal["accept", "reject", "relabel"], *, by: str, reason: str, label: str | None) -> str:
        """A person's word on a record and on all identical content; returns the record's id."""
        checked_name(by, "curator")
        if not reason.strip():
            raise UsageError("a decision needs a reason")
        if (decision == "relabel") != (label is not None):
            raise UsageError("`relabel` and `--label` go together")
        with self._writing():
            with self.store() as store:
                record = store.record(prefix)
            if label is not None:
                self._check_label(record.datanet, label)
            written = self.objects.put(write_reason(ReasonFile(reason=reason, label=label)))
            self._append(RecordDecided(record=record.record, decision=decision, by=by, reason=written))
            self._follow()
        return record.record

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

    def register(self, contributor: str, name: str, address: str | None, public_key: str | None) -> None:
        """Makes a contributor known, or says anew what is known of one."""
        checked_name(contributor, "contributor")
        with self._writing():
            self._append(
                ContributorRegistered(contributor=contributor, name=name, address=address, public_key=public_key)
            )
            self._follow()

    # Truth

    def verify(self, *, head: str | None = None) -> Verification:
        """Compares journal, files, store and the current references' files; damage is in its problems."""
        found = verify(self.places.state_dir, self.read_rows, head=head)
        problems = list(found.problems)
        compared = 0
        state = State() if problems else self.state()
        for name, entry in state.references.items():
            files = json.loads(self.objects.get(entry.fact.manifest))["files"]
            compared += len(files)
            kept = self.shelf.reference_files(name, entry.fact.version)
            problems += [
                f"reference {entry.fact.version[:12]} of {name}: {file} is missing or changed; run `curate refresh`"
                for file, wanted in files.items()
                if kept.get(file) != wanted
            ]
        counted = (*found.compared, Compared(what="reference files", count=compared))
        return replace(found, problems=tuple(problems), compared=counted)

    def rebuild(self) -> dict[str, tuple[int, str]]:
        """The store anew from journal and files; the number of rows and a digest of each table."""
        with self._writing(), self.store() as store:
            store.rebuild()
            return store.fingerprints()

    # Ground

    def setting(self, datanet: str) -> Setting:
        """Card, rules and encoder of a datanet."""
        checked_name(datanet, "datanet")
        cache = self.places.state_dir / "cache"
        return load_setting(self.root, datanet, self.rule_folders, cache, on_progress=self._say)

    def _ground(self, setting: Setting, state: State) -> Ground:
        current = state.reference(setting.datanet.name)
        return Ground(
            setting=setting,
            past=read_past(state, setting, self.shelf, self.shelved),
            reference=None if current is None else self.shelf.reference(setting.datanet.name, current.version),
        )

    def past(self, datanet: str) -> Past:
        """What was submitted to a datanet and what became of it."""
        return read_past(self.state(), self.setting(datanet), self.shelf, self.shelved)

    def labels(self, state: State) -> dict[str, str]:
        """By record, the label that a curator set."""
        found = {}
        for record, entry in state.decisions.items():
            label = read_reason(self.objects.get(entry.fact.reason)).label
            if entry.fact.decision == "relabel" and label is not None:
                found[record] = label
        return found

    def _check_label(self, datanet: str, label: str) -> None:
        fields = self.datanet(datanet).with_role(Role.LABEL)
        if not fields:
            raise UsageError(f"{datanet} has no labels to change")
        if fields[0].allowed is not None and label not in fields[0].allowed:
            raise UsageError(f"the label {label!r} is not allowed in {datanet}: one of {', '.join(fields[0].allowed)} wanted")

    def stored_contribution(self, submission: Submission) -> Contribution:
        """A stored contribution, read again from its file under the card it was submitted with."""
        fact = submission.fact
        kind, _, packing = fact.file_kind.partition(".")
        return read_contribution(
            self.objects.path(fact.file),
            datanet=read_card(self.objects.get(fact.card), "stored card"),
            contributor=fact.contributor,
            kind=Kind(Format(kind), bool(packing)),
        )

    def shelved(self, submission: Submission) -> Shelved:
        """A contribution's columns made anew: from the file, with vectors computed again, verdicts copied."""
        fact = submission.fact
        setting = self.setting(fact.datanet)
        contribution = self.stored_contribution(submission)
        known = known_of(contribution.records, read_card(self.objects.get(fact.card), "stored card"), fact.contributor)
        known = known.with_vectors(setting.vectors(known, None))
        lines = {line.record: line for line in read_result(self.objects.get(fact.result)) if line.record is not None}
        inspected = tuple(
            Inspected(
                record=record,
                datanet=fact.datanet,
                content=content,
                verdict=Verdict(lines[record].verdict),
                weight=lines[record].weight,
                novelty=lines[record].novelty,
                otherwise=None if (said := lines[record].otherwise) is None else Verdict(said),
                otherwise_novelty=lines[record].otherwise_novelty,
            )
            for record, content in zip(known.ids, known.digests, strict=True)
        )
        return Shelved(known=known, inspected=inspected)

    # The ledger

    def read_rows(self, submission: Submission) -> tuple[Row, ...]:
        """The store's port to the rows of a contribution."""
        card = read_card(self.objects.get(submission.fact.card), "stored card")
        return rows_of(self.stored_contribution(submission), card)

    def store(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> Store:
        """The store, caught up with the journal; close it soon. `rows`, by contribution, spares reading files again."""
        return Store.open(self.places.store, self.journal, self.objects, self.read_rows, rows=rows)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with workspace_lock(self.places.state_dir):
            yield

    def _append(self, fact: Fact) -> datetime:
        return record_fact(self.journal, fact, self._clock()).at

    def _append_reference(self, datanet: str, version: str, members: int, manifest: bytes) -> None:
        written = self.objects.put(manifest)
        self._append(ReferenceFitted(datanet=datanet, version=version, members=members, manifest=written))

    def _follow(self) -> None:
        self.store().close()

    def _salt(self) -> bytes:
        """What makes the journal's content digests unguessable; made once, kept beside the journal, never exported."""
        path = self.places.state_dir / "salt"
        if not path.exists():
            write_file(path, secrets.token_bytes(32))
        return path.read_bytes()

    def _keep_trusted(self, file: Path, datanet: str) -> None:
        """Imported files lie in the datanet's `trusted/` folder, so that the folder alone can be cloned and judged by."""
        folder = self.root / "datanets" / datanet / "trusted"
        data = file.read_bytes()
        if folder.is_dir() and any(path.read_bytes() == data for path in folder.iterdir() if path.is_file()):
            return
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / file.name
        if target.exists():
            target = folder / f"{digest(data)[:12]}-{file.name}"
        write_file(target, data)


def _kind_told(kind: Kind) -> str:
    return f"{kind.format}.gz" if kind.gzipped else str(kind.format)


def _checked(ground: Ground, contribution: Contribution, evidence: Evidence, *, stored: bool = False) -> Checked:
    inspection = inspect(evidence)
    return Checked(
        contribution=contribution,
        setting=ground.setting,
        evidence=evidence,
        inspection=inspection,
        outcome=outcome_of(inspection, ground.setting.datanet),
        reference_members=0 if inspection.self_checked else len(evidence.reference),
        earlier=len(evidence.earlier),
        stored=stored,
    )
