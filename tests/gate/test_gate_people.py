"""Whose a contribution is: what the base's map says of the author, and nothing that the branch says."""

import pytest

from tests.repository import FOLDER, Repo, codes, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"


@pytest.mark.parametrize(
    ("author", "contributor", "refused", "noted"),
    [
        ("ann-k", "ann", [], ()),
        ("SHA256:annskey", "ann", [], ()),
        ("BOB-AT-WORK", "bob", [], ()),
        ("ann-k", "bob", ["foreign-folder"], ()),
        ("ann-k", "newcomer", ["foreign-folder"], ()),
        ("mallory", "bob", ["foreign-folder"], ()),
        ("mallory", "owner", ["foreign-folder"], ()),
        ("mallory", "reserved", ["foreign-folder"], ()),
        ("mallory", "marta", ["foreign-folder"], ()),
        ("mallory", "mallory", [], ("is new",)),
        (None, "bob", [], ("no author was given",)),
    ],
)
def test_a_folder_needs_its_contributor(
    repo: Repo, author: str | None, contributor: str, refused: list[str], noted: tuple[str, ...]
) -> None:
    # What the commit says of its author is typed by whoever makes it.
    spoofed = {"GIT_AUTHOR_NAME": "bob", "GIT_AUTHOR_EMAIL": "bob-b@example.org"}
    repo.commit({f"{FOLDER}/{contributor}/new.jsonl": lines_of(honest(3, 1))}, **spoofed)
    found = repo.may(author)
    assert [one.code for one in found.refusals] == refused
    assert len(found.offered) == (0 if refused else 1)
    assert all(part in note for part, note in zip(noted, found.notes, strict=True))


def test_a_newcomer_opens_one_folder(repo: Repo) -> None:
    files = {f"{FOLDER}/{name}/new.jsonl": lines_of(honest(3, 1)) for name in ("dora", "emma")}
    repo.commit({**files, f"{FOLDER}/dora/more.jsonl": lines_of(honest(4, 1))})
    found = repo.may("mallory")
    assert [one.path for one in found.refusals] == [f"{FOLDER}/emma/new.jsonl"]
    assert {one.contributor for one in found.offered} == {"dora"}


def test_a_name_with_merged_files_is_taken_though_nobody_is_tied_to_it(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/dora/one.jsonl": lines_of(honest(3, 1))})
    repo.branch()
    repo.commit({f"{FOLDER}/dora/two.jsonl": lines_of(honest(4, 1))})
    assert codes(repo.gate(author="mallory")) == ["foreign-folder"]
