"""What a merge would carry elsewhere is refused: each case is merged by git, which does what the gate feared."""

import pytest

from curation.gate.git import REGULAR, Entry
from curation.gate.moved import moved_paths
from tests import small
from tests.repository import FOLDER, Repo, honest, lines_of

PACK = "".join(f"# a line of a file, number {number}\n" for number in range(20))
BOB = f"{FOLDER}/bob/new.jsonl"


def merged(repo: Repo, path: str, *configured: str) -> str:
    repo.git("checkout", "--quiet", "main")
    repo.git(*configured, "merge", "--quiet", "--no-edit", "work")
    return (repo.root / path).read_text()


@pytest.fixture
def noted(repo: Repo) -> Repo:
    """A base with a folder of notes, and a branch of it."""
    repo.git("checkout", "--quiet", "main")
    repo.commit({"notes/a.yaml": PACK, "notes/b.yaml": PACK.upper()})
    repo.branch()
    return repo


def refused(repo: Repo) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in repo.may("bob-b").refusals]


def test_an_edit_follows_a_file_that_the_base_made_a_rule(noted: Repo) -> None:
    noted.commit({"notes/a.yaml": PACK + "# let me in\n"})
    noted.git("checkout", "--quiet", "main")
    noted.write("rules/x", "")
    noted.git("mv", "notes/a.yaml", "rules/a.yaml")
    noted.commit()
    noted.git("checkout", "--quiet", "work")
    assert refused(noted) == [("moved-path", "notes/a.yaml")]
    assert "let me in" in merged(noted, "rules/a.yaml")


def test_a_new_file_follows_a_folder_that_the_base_moved(noted: Repo) -> None:
    noted.commit({"notes/c.yaml": "# let me in\n"})
    noted.git("checkout", "--quiet", "main")
    noted.git("mv", "notes", "rules")
    noted.commit()
    noted.git("checkout", "--quiet", "work")
    assert refused(noted) == [("moved-path", "notes/c.yaml")]
    assert "let me in" in merged(noted, "rules/c.yaml", "-c", "merge.directoryRenames=true")


def test_an_edit_of_the_base_follows_a_file_that_the_branch_made_a_contribution(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    rows = honest(3, 8)
    repo.commit({"notes.jsonl": lines_of(rows)})
    repo.branch()
    (repo.root / FOLDER / "bob").mkdir()
    repo.git("mv", "notes.jsonl", BOB)
    repo.commit()
    assert refused(repo) == []
    repo.git("checkout", "--quiet", "main")
    repo.commit({"notes.jsonl": lines_of([*rows, small.honest(1)[0]])})
    repo.git("checkout", "--quiet", "work")
    assert refused(repo) == [("moved-path", "notes.jsonl")]
    # A record that the gate has not seen in it.
    assert len(merged(repo, BOB).splitlines()) == 9


def test_a_branch_that_took_the_base_in_is_judged(noted: Repo) -> None:
    noted.commit({BOB: lines_of(honest(3, 1))})
    noted.git("checkout", "--quiet", "main")
    noted.git("mv", "notes", "papers")
    noted.commit({"README.md": "changed by both\n"})
    noted.git("checkout", "--quiet", "work")
    noted.commit({"README.md": "A datanet.\n\nMine.\n"})
    # Changed by both and still there is no business of the gate.
    assert refused(noted) == []
    noted.git("merge", "--quiet", "--no-edit", "--strategy-option", "ours", "main")
    noted.commit({"papers/a.yaml": "mine\n"})
    assert refused(noted) == []


ONE, TWO = (Entry(mode=REGULAR, oid=letter * 40, size=1) for letter in "ab")


@pytest.mark.parametrize(
    ("base", "common", "head", "found"),
    [
        ({}, {"a": ONE}, {"a": TWO}, ["a"]),
        ({"a": TWO}, {"a": ONE}, {}, ["a"]),
        ({}, {"a": ONE}, {}, []),
        ({}, {"a": ONE}, {"a": ONE}, []),
        ({"a": TWO}, {"a": ONE}, {"a": ONE}, []),
        ({"b": ONE}, {}, {"a": ONE}, []),
        ({"x/a": ONE}, {"x/y/a": ONE}, {"x/y/a": ONE, "x/y/z/b": ONE}, ["x/y/z/b"]),
        ({"x/a": ONE}, {"x/a": ONE}, {"x/a": ONE, "y/b": ONE}, []),
    ],
)
def test_only_what_one_side_changed_and_the_other_lost_is_refused(
    base: dict[str, Entry], common: dict[str, Entry], head: dict[str, Entry], found: list[str]
) -> None:
    assert [one.path for one in moved_paths(base, [common], head)] == found
    # Neither side is the other's.
    assert [one.path for one in moved_paths(head, [common], base)] == found
