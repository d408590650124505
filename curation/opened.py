"""A workspace opened for reading: check, status, explain, verify, and what they stand on.

Readers need no lock: finished journal lines, the files they name and a reference version never change.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from curation.calibration import AuditSample
from curation.datanet.card import Datanet, EncoderChoice, load_card, read_card
from curation.datanet.names import checked_name
from curation.datanet.record import Contribution
from curation.datanet.shown import shown
from curation.errors import JournalBroken, UsageError
from curation.evidence.encoder import Encoder, load_encoder
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known, known_of
from curation.evidence.rule_packs import Rule
from curation.ground import Ground, evidence_on
from curation.inspection import Inspection, inspect
from curation.intake.kind import Format, Kind
from curation.intake.reading import read_contribution
from curation.ledger.facts import ContributorRegistered
from curation.ledger.journal import Journal
from curation.ledger.objects import Objects
from curation.ledger.places import Places
from curation.ledger.results import FindingLine, ResultLine, read_findings, read_name, read_reason, read_result
from curation.ledger.rows import Row, rows_of
from curation.ledger.shelf import Shelf, Shelved
from curation.ledger.standing import Inspected
from curation.ledger.state import State, Submission, replay
from curation.outcome import Outcome, outcome_of
from curation.past import Past, read_past
from curation.rewards.preview import Earnings, preview, settled_ranges
from curation.setting import Setting, load_setting
from curation.shared import shared_folder
from curation.verdict import Verdict

# DuckDB and pyarrow cost a quarter of a second and 40 MB. A check never opens the store, so they wait until asked for.
if TYPE_CHECKING:
    from curation.ledger.questions import DatanetStatus, Explanation
    from curation.ledger.store import Store
    from curation.ledger.verify import Verification

STATE_FOLDER = ".curation"
ANONYMOUS = "anonymous"


class Say(Protocol):
    """Hears what long work is doing: what, how much of it is done, and how much there is, where that is known."""

    def __call__(self, what: str, done: int = 0, total: int | None = None) -> None: ...  # noqa: D102  (the class says it)


def silent(what: str, done: int = 0, total: int | None = None) -> None:
    """Hears and says nothing."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One contribution, judged. `stored` tells a dry run from a submission."""

    contribution: Contribution
    setting: Setting
    evidence: Evidence
    inspection: Inspection
    outcome: Outcome
    reference_members: int
    earlier: int
    stored: bool = False
    earnings: Earnings | None = None


@dataclass(frozen=True, kw_only=True)
class Contributor:
    """What is known of a contributor."""

    contributor: str
    name: str
    address: str | None
    public_key: str | None


@dataclass(frozen=True, kw_only=True)
class StoredResult:
    """What was kept of an inspection, and by row the content digests that its file still gives."""

    lines: tuple[ResultLine, ...]
    findings: tuple[FindingLine, ...]
    digests: Mapping[int, str]


class Opened:
    """A folder with `datanets/` and the state in `.curation/`. Opening one writes nothing."""

    def __init__(
        self,
        root: Path,
        *,
        say: Say = silent,
        clock: Callable[[], datetime] | None = None,
        beside: bool = False,
        lent: Callable[[], None] = lambda: None,
    ) -> None:
        """`say` hears what long work is doing; `clock` gives UTC times for the journal.

        `beside` judges rules in a process of their own, which pays when one file is checked and not many.
        `lent` hears when a running server lends its store.
        """
        if not (root / "datanets").is_dir():
            raise UsageError(f"{shown(root.name)!r} is no workspace: a folder with `datanets/` in it wanted")
        self.root = root
        self.places = Places(state_dir=root / STATE_FOLDER)
        self.journal = Journal(self.places.journal)
        self.objects = Objects(self.places.objects)
        self.shelf = Shelf(self.places)
        self._say = say
        self._beside = beside
        self._lent = lent
        self._clock = clock or (lambda: datetime.now(UTC))
        self._encoders: dict[EncoderChoice, Encoder] = {}

    @classmethod
    def find(
        cls, start: Path, *, say: Say = silent, beside: bool = False, lent: Callable[[], None] = lambda: None
    ) -> Self:
        """The nearest folder upward with `datanets/`; raises `UsageError` when there is none."""
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / "datanets").is_dir():
                return cls(folder, say=say, beside=beside, lent=lent)
        raise UsageError(
            "no workspace here or above: a folder with `datanets/` in it wanted (see `curate new`, `curate demo`)"
        )

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

    # The verbs that change nothing

    def check(self, file: Path, datanet: str, contributor: str = ANONYMOUS) -> Checked:
        """A dry run: reads files only, changes nothing, works while another process submits."""
        setting = self.setting(datanet)
        checked_name(contributor, "contributor")
        contribution = read_contribution(file, datanet=setting.datanet, contributor=contributor)
        state = self.state()
        ground = self.ground(setting, state)
        self._say(f"judging {len(contribution.rows)} records")
        found = judged(ground, contribution, evidence_on(ground, contribution))
        ramp = setting.datanet.policy.weight_ramp
        return replace(
            found, earnings=preview(settled_ranges(state, self.objects), datanet, found.inspection.rows, ramp)
        )

    def status(self, name: str | None) -> "list[DatanetStatus]":
        """How one datanet stands, or all of them."""
        from curation.ledger.questions import datanet_status  # noqa: PLC0415  (as said above)

        names = self.datanets() if name is None else (self.datanet(name).name,)
        with self.store() as store:
            return [datanet_status(store, one) for one in names]

    def explain(self, prefix: str) -> "Explanation":
        """Every number behind one record; raises `UsageError` for an id that none or several begin with."""
        from curation.ledger.questions import explanation  # noqa: PLC0415  (as said above)

        with self.store() as store:
            return explanation(store, prefix)

    def verify(self, *, head: str | None = None) -> "Verification":
        """Compares journal, files, store and all reference versions' files; damage is in its problems."""
        from curation.audit.recount import recount  # noqa: PLC0415  (as said above)
        from curation.ledger.lending import borrowed  # noqa: PLC0415  (as said above)
        from curation.ledger.verify import Compared, verify  # noqa: PLC0415  (as said above)

        with borrowed(self.places.lending, self._lent):
            found = verify(self.places.state_dir, self.read_rows, head=head)
        problems = list(found.problems)
        compared = 0
        state = State() if problems else self.state()
        # Of one version fitted again (its files were damaged) only the last manifest counts.
        fitted = {(entry.fact.datanet, entry.fact.version): entry.fact.manifest for entry in state.fitted}
        for (name, version), manifest in fitted.items():
            try:
                files = self.reference_files(manifest)
            except JournalBroken as error:
                problems.append(f"reference {version[:12]} of {name}: {error}")
                continue
            compared += len(files)
            kept = self.shelf.reference_files(name, version)
            problems += [
                f"reference {version[:12]} of {name}: {file} is missing or changed"
                for file, wanted in files.items()
                if kept.get(file) != wanted
            ]
        counted = (*found.compared, Compared(what="reference files", count=compared))
        if not found.problems:
            again = recount(self.journal.read(), self.objects)
            problems += again.problems
            told = {"epochs": again.epochs, "decisions": again.decisions, "draws": again.draws}
            counted += tuple(Compared(what=f"{what} recomputed", count=count) for what, count in told.items())
        return replace(found, problems=tuple(problems), compared=counted)

    def contributors(self) -> tuple[Contributor, ...]:
        """All who are known, by id; raises `JournalBroken` when the file of a name is missing or damaged."""
        return tuple(self._contributor(entry.fact) for _, entry in sorted(self.state().contributors.items()))

    def stored_result(self, contribution: str) -> StoredResult:
        """What was found when this contribution was stored; raises `UsageError` when there is no such one."""
        submission = self.state().contribution_with_id(contribution)
        if submission is None:
            raise UsageError(f"there is no contribution {shown(contribution, 40)!r}")
        return StoredResult(
            lines=read_result(self.objects.get(submission.fact.result)),
            findings=read_findings(self.objects.get(submission.fact.findings)),
            digests={record.index: record.digest for record in self.stored_contribution(submission).records},
        )

    # What they stand on

    def setting(self, datanet: str) -> Setting:
        """Card, rules and encoder of a datanet."""
        checked_name(datanet, "datanet")
        setting = load_setting(self.root, datanet, self.rule_folders, self.encoder, on_progress=self._say)
        return setting.judged_beside() if self._beside else setting

    def setting_then(self, card: bytes, rules: tuple[Rule, ...]) -> Setting:
        """A setting as it once was, whatever stands in the workspace's files today; raises `CardError`."""
        datanet = read_card(card, "stored card")
        return Setting(
            datanet=datanet, card=card, rules=rules, load=lambda: self.encoder(datanet.encoder), say=self._say
        )

    def encoder(self, choice: EncoderChoice) -> Encoder:
        """The encoder of a card, loaded once: reading and checking its weights takes longer than a small check."""
        if choice in self._encoders:
            return self._encoders[choice]
        loaded = load_encoder(choice, workspace=self.root, cache=self.places.state_dir / "cache")
        if not self._beside:  # who judges one file has no use for it afterwards
            self._encoders[choice] = loaded
        return loaded

    def ground(self, setting: Setting, state: State) -> Ground:
        """What a contribution to this datanet is judged on when the journal says `state`."""
        current = state.reference(setting.datanet.name)
        return Ground(
            setting=setting,
            past=read_past(state, setting, self.shelf, self.shelved),
            reference=None if current is None else self.shelf.reference(setting.datanet.name, current.version),
        )

    def labels(self, state: State) -> dict[int, str]:
        """The label that a curator set, by the journal line of the decision."""
        relabelled = [entry for entry in state.rulings if entry.fact.decision == "relabel"]
        told = [(entry.seq, read_reason(self.objects.get(entry.fact.reason)).label) for entry in relabelled]
        return {seq: label for seq, label in told if label is not None}

    def audits(self, past: Past, state: State, datanet: str) -> AuditSample:
        """The random draws decided about, but copies and what a rule rejects: there it is no weight that decides.

        What the rules said is copied from the stored findings; everything else a reference says anew.
        """
        rules: dict[str, int] = {}
        for submission in state.of_datanet(datanet):
            lines = read_result(self.objects.get(submission.fact.result)) if state.audits else ()
            drawn = {
                line.row: line.record
                for line in lines
                if line.record is not None and line.record in state.audits and line.verdict != "reject"
            }
            rules |= dict.fromkeys(drawn.values(), 0)
            for finding in read_findings(self.objects.get(submission.fact.findings)) if drawn else ():
                if finding.row in drawn and "/" in finding.check:
                    rules[drawn[finding.row]] += finding.evidence
        return past.audit_sample(rules)

    def stored_contribution(self, submission: Submission) -> Contribution:
        """A stored contribution, read again from its file under the card it was submitted with."""
        fact = submission.fact
        kind, _, packing = fact.file_kind.partition(".")
        return read_contribution(
            self.objects.path(fact.file),
            datanet=self._card_of(submission),
            contributor=fact.contributor,
            kind=Kind(Format(kind), bool(packing)),
        )

    def shelved(self, submission: Submission, setting: Setting) -> Shelved:
        """A contribution's columns made anew: from the file, with vectors computed again, verdicts copied."""
        fact = submission.fact
        contribution = self.stored_contribution(submission)
        known = known_of(contribution.records, self._card_of(submission), fact.contributor)
        known = known.with_vectors(setting.vectors(known, None))
        lines = read_result(self.objects.get(fact.result))
        return Shelved(known=known, inspected=inspected_of(lines, known, fact.datanet))

    def reference_files(self, manifest: str) -> dict[str, str]:
        """The files of a reference version and their digests, as the journal has them."""
        return self._manifest(manifest)[1]

    def reference_card(self, manifest: str) -> bytes:
        """The card that a reference version was fitted with."""
        return self.objects.get(self._manifest(manifest)[0])

    def stored_card(self, card: str) -> Datanet:
        """The card with this digest, which something was judged under."""
        return read_card(self.objects.get(card), "stored card")

    def _manifest(self, manifest: str) -> tuple[str, dict[str, str]]:
        """The card and the files that a reference's manifest names."""
        try:
            told: Any = json.loads(self.objects.get(manifest))
        except (ValueError, RecursionError):
            told = None
        match told:
            case {"card": str(card), "files": dict(files)} if all(isinstance(one, str) for one in files.values()):
                return card, files
        raise JournalBroken("its manifest does not name a card and files")

    def read_rows(self, submission: Submission) -> tuple[Row, ...]:
        """The store's port to the rows of a contribution."""
        return rows_of(self.stored_contribution(submission), self._card_of(submission))

    def store(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> "Store":
        """The store, caught up with the journal; close it soon. `rows`, by contribution, spares reading files again."""
        from curation.ledger.borrowing import opened_or_borrowed  # noqa: PLC0415  (as said above)

        return opened_or_borrowed(self.places, self.journal, self.objects, self.read_rows, rows, self._lent)

    def _card_of(self, submission: Submission) -> Datanet:
        return self.stored_card(submission.fact.card)

    def _contributor(self, fact: ContributorRegistered) -> Contributor:
        return Contributor(
            contributor=fact.contributor,
            name=read_name(self.objects.get(fact.name)),
            address=fact.address,
            public_key=fact.public_key,
        )


def inspected_of(lines: Sequence[ResultLine], known: Known, datanet: str) -> tuple[Inspected, ...]:
    """What a result file says of these records, in their order; raises `JournalBroken` when it leaves one out."""
    by_record = {line.record: line for line in lines}
    found = []
    for record, content in zip(known.ids, known.digests, strict=True):
        line = by_record.get(record)
        if line is None:
            raise JournalBroken(f"the stored result says nothing of record {record}")
        found.append(
            Inspected(
                record=record,
                datanet=datanet,
                content=content,
                verdict=Verdict(line.verdict),
                weight=line.weight,
                novelty=line.novelty,
                otherwise=None if line.otherwise is None else Verdict(line.otherwise),
                otherwise_novelty=line.otherwise_novelty,
            )
        )
    return tuple(found)


def judged(ground: Ground, contribution: Contribution, evidence: Evidence, *, stored: bool = False) -> Checked:
    """A contribution inspected on this evidence."""
    inspection = inspect(evidence, ground.past.audited(contribution.contributor))
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
