"""Whose a contribution is: what the base's map says of the author, and nothing that the branch says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.names import NAME
from curation.errors import CardError
from curation.gate.people import own_name, read_people
from tests.repository import FOLDER, Repo, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"


@pytest.mark.parametrize(
    ("author", "contributor", "refused", "noted"),
    [
        ("ann-k", "ann", [], ()),
        ("key:SHA256:annskey", "ann", [], ()),
        ("SHA256:annskey", "ann", ["foreign-folder"], ()),
        ("BOB-AT-WORK", "bob", [], ()),
        ("ann-k", "bob", ["foreign-folder"], ()),
        ("ann-k", "newcomer", ["foreign-folder"], ()),
        ("mallory", "bob", ["foreign-folder"], ()),
        ("mallory", "owner", ["foreign-folder"], ()),
        ("mallory", "reserved", ["foreign-folder"], ()),
        ("mallory", "marta", ["foreign-folder"], ()),
        ("mallory", "mallory", [], ("is not in contributors.yaml",)),
        ("mallory", "newcomer", ["foreign-folder"], ()),
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


def test_a_newcomer_has_one_folder_however_many_branches_they_open(repo: Repo) -> None:
    """With another name in each branch, no limit for a contributor would hold anybody."""
    files = {f"{FOLDER}/{name}/new.jsonl": lines_of(honest(3, 1)) for name in ("dora", "mallory")}
    repo.commit({**files, f"{FOLDER}/mallory/more.jsonl": lines_of(honest(4, 1))})
    found = repo.may("Mallory")
    assert [one.path for one in found.refusals] == [f"{FOLDER}/dora/new.jsonl"]
    assert {one.contributor for one in found.offered} == {"mallory"}


def test_a_newcomer_may_come_again_before_the_map_has_them(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/dora/one.jsonl": lines_of(honest(3, 1))})
    repo.branch()
    repo.commit({f"{FOLDER}/dora/two.jsonl": lines_of(honest(4, 1))})
    assert repo.may("dora").refusals == ()
    assert [one.code for one in repo.may("mallory").refusals] == ["foreign-folder"]


@pytest.mark.parametrize("author", ["reserved", "owner", "marta", "Bob"])
def test_an_account_that_is_called_like_somebody_else_is_not_them(repo: Repo, author: str) -> None:
    repo.commit({f"{FOLDER}/{author.lower()}/new.jsonl": lines_of(honest(3, 1))})
    (refusal,) = repo.may(author).refusals
    assert refusal.message.endswith(f"the name {author.lower()} is somebody else's")


@given(st.lists(st.one_of(st.text(min_size=1), st.from_regex(r"[a-zA-Z0-9._-]{1,70}", fullmatch=True)), max_size=8))
def test_each_account_has_a_name_of_its_own(authors: list[str]) -> None:
    accounts = {author.lower() if author.isascii() else author for author in authors}
    # Whoever calls themselves what another's name was made into gets yet another.
    accounts |= {own_name(author) for author in accounts}
    # Case tells fingerprints apart.
    accounts |= {"key:SHA256:a", "key:SHA256:A"}
    names = {own_name(author) for author in accounts}
    assert len(names) == len(accounts)
    assert all(NAME.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Amina-K", "amina-k"),
        ("dependabot[bot]", "dependabot-bot-"),
        ("a.b", "a-b-"),
        ("李", "account-"),
        ("x", "x-"),
        ("caf\udce9\ud800", "caf-"),
        ("amina-k-0123456789abcdef", "amina-k-0123456789abcdef-"),
    ],
)
def test_a_name_is_the_account_where_it_can_be(author: str, name: str) -> None:
    assert re.fullmatch(re.escape(name) + ("[0-9a-f]{16}" if name.endswith("-") else ""), own_name(author))


def test_an_account_and_a_key_of_one_name_are_two() -> None:
    people = read_people(
        b"schema: curation.contributor-map/1\n"
        b"contributors:\n"
        b"  - {name: ann, keys: [mallory, 'SHA256:x']}\n"
        b"  - {name: bob, accounts: ['SHA256:x']}\n"
    )
    assert people.names_of("mallory") == frozenset()
    assert people.names_of("key:mallory") == people.names_of("key:SHA256:x") == {"ann"}
    assert people.names_of("SHA256:x") == {"bob"}
    assert people.names_of("key:sha256:x") == frozenset()
    with pytest.raises(CardError, match="cannot begin with 'key:'"):
        read_people(b"schema: curation.contributor-map/1\ncontributors:\n  - {name: bob, accounts: ['Key:SHA256:x']}\n")
