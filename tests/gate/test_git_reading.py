"""What is read of Git: orders, times and trees, held to what git itself was told to make."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.formats.inert import code, inert
from curation.formats.sarif import _address
from curation.gate.changes import Offered, changes_of, offered_at
from curation.gate.git import REGULAR, SYMLINK, Entry, Repository
from tests.repository import FOLDER, Repo


@pytest.fixture
def bare(tmp_path: Path) -> Repo:
    """A repository without anything in it."""
    repo = Repo(tmp_path / "repo")
    repo.root.mkdir()
    repo.git("init", "--quiet", "--initial-branch", "main")
    return repo


def at(name: str) -> str:
    return f"{FOLDER}/ann/{name}.jsonl"


def test_files_land_when_their_merge_does_whatever_their_commits_say(bare: Repo) -> None:
    """The branch with the older dates is merged later: its file landed later."""
    bare.commit({"README.md": "x"})
    old = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z"}
    bare.branch("old")
    bare.commit({at("a-old"): "1\n"}, **old)
    bare.branch("new", "main")
    bare.commit({at("z-new"): "2\n"})
    bare.git("checkout", "--quiet", "main")
    for branch, date in (("new", "2026-11-02T12:00:00Z"), ("old", "2026-11-03T12:00:00Z")):
        bare.git("merge", "--quiet", "--no-ff", "--no-edit", branch, GIT_COMMITTER_DATE=date)
    landings = Repository(bare.root).landings("main")
    assert landings[at("z-new")].place < landings[at("a-old")].place
    assert landings[at("a-old")].commit == bare.git("rev-parse", "main")
    assert landings[at("a-old")].time == 1793707200
    assert set(Repository(bare.root).landings("main", since="main~1")) == {at("a-old")}


def test_the_last_change_of_a_path_is_its_place(bare: Repo) -> None:
    bare.commit({at("one"): "1\n", at("two"): "1\n"})
    bare.commit({at("two"): "2\n"})
    bare.commit({at("one"): "2\n"})
    places = Repository(bare.root).last_changes("main")
    assert places[at("two")] < places[at("one")]


def test_odd_names_come_through_as_they_are(bare: Repo) -> None:
    names = [f"{FOLDER}/ann/{name}" for name in ("a\nb", "\x01" + "0" * 40 + " 1", "-x", "ü", "caf\udce9", "a b\t")]
    for name in names:
        bare.write(name, "1\n")
    bare.commit()
    repository = Repository(bare.root)
    tree = repository.tree("main")
    assert sorted(tree) == sorted(names)
    assert set(repository.landings("main")) == set(repository.last_changes("main")) == set(names)
    assert {repository.blob(entry) for entry in tree.values()} == {b"1\n"}


def test_a_replaced_object_is_the_one_that_was_committed(bare: Repo) -> None:
    commit = bare.commit({at("one"): "honest\n"})
    other = bare.commit({at("one"): "forged\n"})
    bare.git("replace", commit, other)
    repository = Repository(bare.root)
    assert repository.blob(repository.tree(commit)[at("one")]) == b"honest\n"


def test_a_repository_with_longer_ids(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.git("init", "--quiet", "--initial-branch", "main", "--object-format", "sha256")
    commit = repo.commit({at("one"): "1\n"})
    repository = Repository(repo.root)
    assert repository.commit("main") == commit
    assert len(commit) == 64
    assert repository.landings("main")[at("one")].commit == commit


@pytest.mark.parametrize("revision", ["main", "main~0", "heads/main", "origin/main", "main@{0}"])
def test_a_short_name_of_two_things_is_none(bare: Repo, revision: str) -> None:
    """Git would take the tag, which more people may push than the branch."""
    bare.commit({at("one"): "1\n"})
    bare.git("update-ref", "refs/remotes/origin/main", "main")
    repository = Repository(bare.root)
    told = repository.commit(revision)
    for tag in ("main", "heads/main", "origin/main", "refs/heads/main", "HEAD"):
        bare.git("update-ref", f"refs/tags/{tag}", "main")
    with pytest.raises(UsageError, match=r"names more than one thing: refs/.*, refs/.*; write one of these"):
        repository.commit(revision)
    # The whole name, and where one is, are nobody else's whatever is pushed.
    assert repository.commit("refs/heads/main") == repository.commit("HEAD") == repository.commit("@") == told


def test_a_tag_is_no_short_id_and_no_whole_name(bare: Repo) -> None:
    commit = bare.commit({at("one"): "1\n"})
    repository = Repository(bare.root)
    assert repository.commit(commit[:8]) == commit
    bare.git("tag", commit[:8])
    with pytest.raises(UsageError, match="more than one thing"):
        repository.commit(commit[:8])
    assert repository.commit(commit) == commit
    bare.git("update-ref", "refs/tags/refs/remotes/origin/main", commit)
    with pytest.raises(UsageError, match="there is no commit"):
        repository.commit("refs/remotes/origin/main")


ENTRY = Entry(mode=REGULAR, oid="a" * 40, size=3)
OTHER = Entry(mode=REGULAR, oid="b" * 40, size=3)
_PART = st.sampled_from(
    ["datanets", "faq", "contributions", "ann", "x.jsonl", "trusted", "rules", "..", "", "Ünï", ".git"]
)
_TREES = st.dictionaries(
    st.lists(_PART, min_size=1, max_size=6).map("/".join), st.sampled_from([ENTRY, OTHER]), max_size=6
)


@given(base=_TREES, common=_TREES, head=_TREES)
def test_every_change_is_sorted_once_and_nothing_else_is(
    base: dict[str, Entry], common: dict[str, Entry], head: dict[str, Entry]
) -> None:
    found = changes_of(base, [common], head, {})
    told = [*(one.path for one in found.offered), *(one.path for one in found.refusals), *found.deciding]
    changed = [
        path
        for path in {*base, *common, *head}
        if head.get(path) != base.get(path) and head.get(path) != common.get(path)
    ]
    assert len(told) + found.others == len(changed)
    assert set(told) <= set(changed)
    # What is offered is new, and lies where a contribution lies.
    for one in found.offered:
        assert one.path not in {*base, *common}
        assert isinstance(offered_at(one.path, head[one.path]), Offered)


def test_an_empty_link_is_no_placeholder() -> None:
    path = "datanets/faq/contributions/ann/.gitkeep"
    for mode, codes in ((REGULAR, []), (SYMLINK, ["odd-mode"])):
        found = changes_of({}, [{}], {path: Entry(mode=mode, oid="a" * 40, size=0)}, {})
        assert [one.code for one in found.refusals] == codes


# How what cannot be seen is told.
_NAMED = re.compile("⟨U\\+[0-9A-F]{4,6}⟩")


@given(text=st.text(max_size=300) | st.text("0123456789abcdefABCDEFGgHh-_ x", max_size=60))
@example(text="www.evil.test.jsonl")
@example(text="see GH-12, gh-1 of 979eeb0f244f and DEADBEEF")
@example(text="0123456789abcdef0123456789abcdef01234567")
@example(text="GH-12.jsonl")
def test_nothing_that_is_obeyed_comes_through(text: str) -> None:
    for told in (inert(text), code(text)):
        assert not set(told.replace("`", "")) & set("@<>&[]*~#|\\${}\n")
        assert told.count("`") in (0, 2)
        assert "www." not in told.lower()
        assert "://" not in told
        assert not re.search(r"(?i)gh-[0-9]|[0-9a-f]{7}", _NAMED.sub("", told))


@given(path=st.text(max_size=60))
def test_an_address_names_the_bytes_of_its_path(path: str) -> None:
    told = _address(path)
    assert told.isascii()
    parts = told.split("%")
    read = parts[0].encode() + b"".join(bytes([int(part[:2], 16)]) + part[2:].encode() for part in parts[1:])
    assert read == os.fsencode(path)
