"""The base: everything that decides about a branch, read from a commit that the branch cannot change.

Card, rules, encoder, map, baseline and merged files come from the base's tree alone. What they make (the reference, the
verdicts on merged files) is kept in a cache under a digest of all that went in, so that the next run only reads it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TypeAlias

from curation.datanet.canonical import canonical_bytes, digest
from curation.datanet.card import CARD_FILE, Datanet, EncoderChoice, read_card
from curation.datanet.names import NAME
from curation.datanet.record import Contribution
from curation.datanet.shown import shown
from curation.errors import CardError, EngineFailed, FileRefused, UsageError
from curation.evidence.encoder import Encoder, load_encoder
from curation.evidence.reference import Reference
from curation.gate.baseline import BASELINE_FILE, Tolerated, read_baseline
from curation.gate.changes import Offered
from curation.gate.git import REGULAR, Entry, Landing, Repository
from curation.gate.history import History, shelved
from curation.gate.keeping import chain, engine, prune
from curation.gate.merged import as_regular, merged_in
from curation.gate.people import MAP_FILE, People, read_people
from curation.gate.published import Published
from curation.gate.reading import read_blob
from curation.ground import Ground, cross_fitted, evidence_on
from curation.intake.kind import kind_of
from curation.ledger.durable import write_file
from curation.ledger.places import Places
from curation.ledger.shelf import Shelf, Shelved
from curation.opened import Say, judged
from curation.setting import Setting, load_setting
from curation.shared import shared_folder

_CARD_ANYWHERE = re.compile(rf"(?:(.+)/)?datanets/{NAME.pattern}/{re.escape(CARD_FILE)}", re.DOTALL)
_DECIDING_BYTES_MAX = 16_000_000

# Whoever judges more than one branch in a process loads an encoder once: its weights are 90 MB to read and to digest.
Lend: TypeAlias = Callable[[EncoderChoice], Encoder]


@dataclass(frozen=True, kw_only=True)
class Judging:
    """What the files of a branch for one datanet are judged by."""

    setting: Setting
    reference: Reference | None
    history: History
    merged: tuple[Offered, ...]

    def records_since(self, time: int, contributor: str, landings: Mapping[str, Landing]) -> int:
        """How many readable records of a contributor were merged since a time (epoch)."""
        return sum(
            len(part.known)
            for one, part in self._parts()
            if one.contributor == contributor and one.path in landings and landings[one.path].time >= time
        )

    def without_records(self) -> list[Offered]:
        """The merged files of which no record can be read by the card of today."""
        return [one for one, part in self._parts() if not len(part.known)]

    def _parts(self) -> Iterator[tuple[Offered, Shelved]]:
        return zip(self.merged, self.history.parts[len(self.history.parts) - len(self.merged) :], strict=True)

    def ground(self, history: History) -> Ground:
        """The same with a history that has grown."""
        return Ground(setting=self.setting, past=history.past(), reference=self.reference)


class Base:
    """One commit of the base, opened: `whole` has all its paths, `tree` those of the workspace, from there."""

    def __init__(  # noqa: PLR0913  (where it is, where it works, who hears, who lends)
        self, repository: Repository, commit: str, cache_folder: Path, work: Path, say: Say, *, lent: Lend | None = None
    ) -> None:
        """`work` is an empty folder for the cards and rules of the base, the cache one that no branch writes into.

        `lent` gives the default encoder where somebody has it loaded; one of the base's own is read from the base.
        Raises `UsageError` where the base has no datanet in this workspace: then nothing can be judged by it.
        """
        self.repository = repository
        self.commit = commit
        self.whole = repository.tree(commit)
        self.tree = repository.inside(self.whole)
        self.notes: list[str] = []
        self._cache = cache_folder
        self._work = work
        self._say = say
        self._lent = lent
        if not any(_is_card(path) for path in self.tree):
            raise UsageError(_without_datanets(self.whole, repository.prefix))

    @cached_property
    def cards(self) -> Mapping[str, Datanet]:
        """The cards by datanet; raises `CardError` for one that cannot be read."""
        found = {}
        for path in self.tree:
            if _is_card(path):
                found[path.split("/")[1]] = read_card(self._small(path), path)
        return found

    @cached_property
    def people(self) -> People | None:
        """The map of contributors, or None where the base has none."""
        return read_people(self._small(MAP_FILE)) if MAP_FILE in self.tree else None

    @cached_property
    def tolerated(self) -> Tolerated:
        """The findings that the base puts up with."""
        return read_baseline(self._small(BASELINE_FILE) if BASELINE_FILE in self.tree else b"")

    @cached_property
    def paid(self) -> Published:
        """What the epochs paid that the base tells of."""
        return Published(self.tree, self.repository.blob)

    @cached_property
    def landings(self) -> Mapping[str, Landing]:
        """When each merged file came in."""
        return self.repository.landings(self.commit)

    @cached_property
    def merged(self) -> tuple[Offered, ...]:
        """The merged contributions of all datanets in the order in which they came in."""
        found, notes = merged_in(self.repository, self.commit, self.tree, self.landings)
        self.notes += notes
        return found

    def judging(self, name: str, *, files: int) -> Judging:
        """What the new files of a datanet, so many of them, are judged by."""
        setting = self._setting(name, keep=files > 1)
        trusted = self._trusted(name)
        key = self._key(setting, trusted)
        merged = tuple(one for one in self.merged if one.datanet == name)
        states = self._cache / "states" / name
        state = states / key[:32]
        shelf = Shelf(Places(state_dir=state))
        is_whole = (state / "base.json").is_file() and self._all_shelved(state, key, merged)
        if is_whole and self._lent is None:
            # Nothing but the new files is judged, so importing the rule engine can go on beside all that is read. Who
            # lends an encoder goes on judging in this process, and has use for the engine here.
            setting = setting.judged_beside()
        reference, history = self._imported(setting, shelf, state, trusted)
        for one, place in zip(merged, chain(key, merged), strict=True):
            kept = shelf.get(place, name, setting.encoder_key)
            if kept is None:
                self._say(f"judging merged file {shown(one.file_name, 60)}")
                kept = self._judged(replace(setting, beside=None), reference, history, one)
                shelf.put(place, kept, setting.encoder_key)
            history = history.grown(kept)
        if not is_whole:
            prune(states, state)
        return Judging(setting=setting, reference=reference, history=history, merged=merged)

    def _setting(self, name: str, *, keep: bool) -> Setting:
        """Card, rules and encoder, from files that hold what the base has and nothing else.

        `keep` holds on to the encoder once it is loaded: 130 MB that pay from the second file on.
        """
        datanet = self.cards[name]
        wanted = [path for path in self.tree if path.startswith("rules/") or path == f"datanets/{name}/{CARD_FILE}"]
        if datanet.encoder.path is not None:
            folder = PurePosixPath(datanet.encoder.path).as_posix()
            wanted += [path for path in self.tree if path.startswith(f"{folder}/")]
        self._require_packs(self.cards[name])
        for path in wanted:
            if as_regular(self.tree[path]).mode == REGULAR and ".." not in path.split("/"):
                target = self._work / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.repository.blob(self.tree[path]))

        def load(choice: EncoderChoice) -> Encoder:
            if self._lent is not None and choice.path is None:
                return self._lent(choice)
            return load_encoder(choice, workspace=self._work, cache=self._cache / "encoder")

        folders = (self._work / "rules", shared_folder("rules"))
        return load_setting(self._work, name, folders, cache(load) if keep else load, on_progress=self._say)

    def _require_packs(self, datanet: Datanet) -> None:
        """A pack that is there and cannot be read must not be taken for one that the engine brings under its name."""
        for path in ("rules", *(f"rules/{pack}.yaml" for pack in datanet.rules)):
            if path in self.tree and as_regular(self.tree[path]).mode != REGULAR:
                raise CardError(f"{path}: a regular file wanted in the base, no link and no submodule")

    def _trusted(self, name: str) -> list[tuple[str, Entry]]:
        """The trusted files in the order of their names; what else lies beside them is told, or it would seem read."""
        folder = f"datanets/{name}/trusted/"
        kept = []
        for path, entry in sorted(self.tree.items()):
            if not path.startswith(folder) or (entry.mode == REGULAR and not entry.size):
                continue
            if entry.mode == REGULAR and _is_data(path):
                kept.append((path, entry))
            else:
                self.notes.append(
                    f"{shown(path)} is no regular file of a kind that is read: it is not in the reference"
                )
        return kept

    def _key(self, setting: Setting, trusted: list[tuple[str, Entry]]) -> str:
        told = [engine(), setting.datanet.name, digest(setting.card), digest(setting.rules_bytes)]
        return digest(canonical_bytes([*told, [[path.rsplit("/", 1)[-1], entry.oid] for path, entry in trusted]]))

    def _imported(
        self, setting: Setting, shelf: Shelf, state: Path, trusted: list[tuple[str, Entry]]
    ) -> tuple[Reference | None, History]:
        """The trusted files as `curate import` takes them, one after the other, or what is kept of that."""
        name = setting.datanet.name
        places = [digest(canonical_bytes(["trusted", entry.oid, path])) for path, entry in trusted]
        try:
            told = json.loads((state / "base.json").read_bytes())
        except (OSError, ValueError):
            told = None
        kept = [shelf.get(place, name, setting.encoder_key) for place in places] if told is not None else [None]
        history = History(setting=setting)
        if told is not None and all(part is not None for part in kept):
            for part in kept:
                assert part is not None
                history = history.grown(part, imported=True)
            return _kept_reference(shelf, name, told["reference"]), history
        fitted: Reference | None = None
        for (path, entry), place in zip(trusted, places, strict=True):
            self._say(f"importing {shown(path, 80)}")
            contribution = self._trusted_file(setting.datanet, path, entry)
            past = history.past()
            ground = Ground(setting=replace(setting, beside=None), past=past, reference=None)
            audits = past.audit_sample({})
            evidence = cross_fitted(ground, contribution, beside=[past.members({})], self_checked=False, audits=audits)
            part = shelved(judged(ground, contribution, evidence))
            shelf.put(place, part, setting.encoder_key)
            history, fitted = history.grown(part, imported=True), evidence.reference
        state.mkdir(parents=True, exist_ok=True)
        if fitted is not None:
            shelf.put_reference(name, fitted, digest(setting.card))
        # Written last: what it names is there.
        reference = None if fitted is None else fitted.version
        write_file(state / "base.json", canonical_bytes({"reference": reference}))
        return _kept_reference(shelf, name, reference), history

    def _trusted_file(self, datanet: Datanet, path: str, entry: Entry) -> Contribution:
        try:
            return read_blob(self.repository, entry, path.rsplit("/", 1)[-1], datanet, datanet.owner)
        except FileRefused as error:
            raise CardError(f"{shown(path)}: {error}") from None

    def _judged(self, setting: Setting, reference: Reference | None, history: History, one: Offered) -> Shelved:
        """A merged file as submitted: what cannot be read any more has no records."""
        try:
            contribution = read_blob(self.repository, one.entry, one.file_name, setting.datanet, one.contributor)
        except FileRefused:
            contribution = Contribution(
                datanet=one.datanet, contributor=one.contributor, file_name="", file_digest="", rows=()
            )
        ground = Ground(setting=setting, past=history.past(), reference=reference)
        return shelved(judged(ground, contribution, evidence_on(ground, contribution)))

    def _all_shelved(self, state: Path, key: str, merged: tuple[Offered, ...]) -> bool:
        return all((state / "index" / place).is_dir() for place in chain(key, merged))

    def _small(self, path: str) -> bytes:
        entry = self.tree[path]
        if entry.mode != REGULAR or entry.size > _DECIDING_BYTES_MAX:
            raise CardError(f"{path}: a regular file of at most {_DECIDING_BYTES_MAX} bytes wanted in the base")
        return self.repository.blob(entry)


def _is_card(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 3 and parts[0] == "datanets" and parts[2] == CARD_FILE and bool(NAME.fullmatch(parts[1]))


def _is_data(path: str) -> bool:
    """Whether a file's name says that it holds records; a README beside them does not."""
    try:
        kind_of(path.rsplit("/", 1)[-1])
    except FileRefused:
        return False
    return True


def _without_datanets(whole: Mapping[str, Entry], prefix: str) -> str:
    """What is wrong with such a base, and where its datanets lie if they lie elsewhere."""
    elsewhere = sorted({found[1] for path in whole if (found := _CARD_ANYWHERE.fullmatch(path))})
    said = f"the base has no datanet in {shown(prefix)!r}" if prefix else "the base has no datanet at its top"
    hint = f"; it has some in {shown(elsewhere[0])!r}: name it with --workspace" if elsewhere else ""
    return f"{said}: datanets/<name>/{CARD_FILE} wanted there{hint}"


@contextmanager
def opened_base(
    repository: Repository, commit: str, cache_folder: Path, say: Say, lent: Lend | None = None
) -> Iterator[Base]:
    """The base for as long as it is asked."""
    with TemporaryDirectory(prefix="curate-gate-") as work:
        yield Base(repository, commit, cache_folder, Path(work), say, lent=lent)


def _kept_reference(shelf: Shelf, name: str, version: str | None) -> Reference | None:
    try:
        return None if version is None else shelf.reference(name, version)
    except EngineFailed:
        raise EngineFailed(f"what the gate cached of {name} is damaged: delete its cache and run it again") from None
