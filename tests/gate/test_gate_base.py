"""What decides is the base as it is now; one that cannot be judged by gives no verdict, and its cache no other one."""

import json
from pathlib import Path

import pytest

from curation.errors import CardError, EngineFailed, UsageError
from curation.gate.gating import Asked, gate
from curation.gate.git import Repository
from curation.gate.result import Answer
from curation.verdict import Verdict
from tests import small
from tests.repository import FOLDER, Repo, checks, honest, lines_of

CARD = "datanets/faq/datanet.yaml"
BOB = f"{FOLDER}/bob/new.jsonl"
MERGED = f"{FOLDER}/ann/merged.jsonl"
OWN_PACK = """\
schema: curation.rules/1
pack: text
title: What this owner wants of texts
rules:
  - code: brief
    type: expect_column_value_lengths_to_be_between
    for_each: text
    kwargs: {column: $field, max_value: 5}
    severity: critical
    meta:
      message: "`{field}` is too long"
      fix: Write less.
      why: This owner wants it so.
      passes: {text: "Why?"}
      fails: {text: "Why does it hurt?"}
      example: {name: text, role: text}
"""


def test_an_old_branch_point_does_not_choose_old_rules(repo: Repo) -> None:
    """Branched from before the base grew strict, and from before a file was merged that it copies."""
    repo.git("checkout", "--quiet", "main")
    strict = small.FAQ.replace("{reference_min: 40}", "{reference_min: 40, weight_mean_min: 1}")
    repo.commit({CARD: strict, f"{FOLDER}/ann/later.jsonl": lines_of(honest(6, 2))})
    repo.branch("old", "main~1")
    repo.commit({BOB: lines_of([honest(6, 1)[0], *honest(3, 1)])})
    result = repo.gate()
    assert "exact-duplicate" in checks(result, BOB)[1]
    assert any("at least 1.0 wanted" in reason for reason in result.reasons)
    assert any("base has moved on" in note for note in result.notes)


def test_without_reference_map_or_author_it_runs_and_says_so(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.git("rm", "--quiet", "contributors.yaml", "datanets/faq/trusted/trusted.jsonl", MERGED)
    repo.commit()
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 4))})
    result = repo.gate(author="bob-b")
    assert {row.verdict for row in result.files[0].checked.inspection.rows} == {Verdict.UNCHECKED}
    assert result.reasons == (f"{BOB}: 4 of 4 records unchecked, at most 20% wanted (gate.unchecked_share_max)",)
    assert [note.split(":")[0] for note in result.notes] == [
        "the base has no contributors.yaml",
        "faq has no trusted records in the base",
    ]


def test_what_lies_beside_trusted_records_is_told_and_not_read(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    program = repo.write("datanets/faq/trusted/more.jsonl", lines_of(honest(9, 2)))
    program.chmod(0o755)
    repo.commit({"datanets/faq/trusted/README.md": "Where these come from.\n", "datanets/faq/trusted/.gitkeep": ""})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    result = repo.gate(author="bob-b")
    assert result.answer is Answer.PASS
    assert result.files[0].checked.reference_members == 60
    told = "is no regular file of a kind that is read: it is not in the reference"
    assert result.notes == tuple(f"datanets/faq/trusted/{name} {told}" for name in ("README.md", "more.jsonl"))


def test_a_merged_file_counts_whatever_its_mode_and_one_that_cannot_be_read_is_told(repo: Repo) -> None:
    """Such a file came in before the gate did, or from a file system that marks all as programs."""
    repo.git("checkout", "--quiet", "main")
    (repo.root / MERGED).chmod(0o755)
    repo.commit({f"{FOLDER}/ann/2024/old.jsonl": lines_of(honest(9, 2)), f"{FOLDER}/bob/.gitkeep": ""})
    repo.branch()
    repo.commit({BOB: lines_of(honest(0, 1))})
    result = repo.gate(author="bob-b")
    assert checks(result, BOB) == {1: {"exact-duplicate"}}
    (note,) = result.notes
    assert note.startswith("1 file among the merged contributions cannot be read")
    assert f"{FOLDER}/ann/2024/old.jsonl" in note


def test_a_merged_file_without_a_readable_record_is_told(repo: Repo) -> None:
    """Where a large file is kept elsewhere, Git has three lines about it."""
    repo.git("checkout", "--quiet", "main")
    path = f"{FOLDER}/ann/large.jsonl"
    repo.commit({path: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    (note,) = repo.gate(author="bob-b").notes
    assert note.startswith("faq has merged files without a record that can be read, 1 of 2")
    assert path in note


def test_a_pack_of_the_base_is_never_taken_for_one_of_the_engine(repo: Repo) -> None:
    """The engine has a pack `text` too, and would use it where the base's own is passed over."""
    repo.git("checkout", "--quiet", "main")
    repo.write(CARD, small.FAQ + "rules: [text]\n")
    repo.write("rules/text.yaml", OWN_PACK).chmod(0o755)
    repo.commit()
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    assert "text/brief" in checks(repo.gate(author="bob-b"), BOB)[1]
    repo.git("checkout", "--quiet", "main")
    (repo.root / "rules/text.yaml").unlink()
    (repo.root / "rules/text.yaml").symlink_to("../README.md")
    repo.commit()
    with pytest.raises(CardError, match=r"rules/text\.yaml: a regular file wanted"):
        repo.gate(author="bob-b", head="work")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (CARD, "schema: nonsense\n"),
        ("contributors.yaml", "schema: curation.contributor-map/1\nnobody: []\n"),
        ("baseline.jsonl", "{}\n"),
        ("datanets/faq/trusted/trusted.jsonl", b"PK\x03\x04"),
    ],
)
def test_a_base_that_cannot_be_judged_by_is_no_verdict(repo: Repo, path: str, content: str | bytes) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({path: content})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    with pytest.raises(CardError):
        repo.gate(author="bob-b")


def test_what_is_not_there_is_a_wrong_call(repo: Repo, tmp_path: Path) -> None:
    for base in ("nowhere", "--help", "-x", "main:README.md"):
        with pytest.raises(UsageError, match="no commit"):
            repo.gate(base=base)
    with pytest.raises(UsageError, match="in no repository"):
        Repository(tmp_path)
    repo.git("checkout", "--quiet", "--orphan", "alone")
    repo.commit()
    with pytest.raises(UsageError, match="no commit in common"):
        repo.gate()


def test_an_empty_author_and_a_cache_of_the_branch_are_refused(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1)), "cache/states/faq/x": "mine"})
    with pytest.raises(UsageError, match="is empty"):
        repo.gate(author=" ")
    with pytest.raises(UsageError, match="is part of the branch"):
        gate(repo.root, Asked(base="main"), cache=repo.root / "cache")


def test_a_shallow_clone_says_what_it_lacks(repo: Repo, tmp_path: Path) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    there = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth", "1", "--branch", "work", f"file://{repo.root}", str(there))
    shallow = Repo(there)
    with pytest.raises(UsageError, match="shallow, fetch the whole history"):
        shallow.gate(base="main")


def test_a_failed_engine_is_no_verdict(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    for reference in repo.root.glob(".git/curation/states/faq/*/references/faq/*/reference.safetensors"):
        reference.write_bytes(b"damaged")
    with pytest.raises(EngineFailed):
        repo.gate()


def test_the_second_run_reads_what_the_first_one_made(repo: Repo) -> None:
    repo.commit({BOB: lines_of([*honest(3, 3), "broken"])})
    states = repo.root / ".git" / "curation" / "states"
    before = {path: path.stat().st_mtime_ns for path in states.rglob("*")}
    heard: list[str] = []
    from curation.formats.gate_json import gate_document

    def say(what: str, done: int = 0, total: int | None = None) -> None:
        assert (done, total) == (0, None) or what == "encoding texts"
        heard.append(what)

    first = gate(repo.root, Asked(base="main"), say=say)
    assert not [what for what in heard if "import" in what or "merged" in what]
    assert {path: path.stat().st_mtime_ns for path in states.rglob("*")} == before
    anew = gate(repo.root, Asked(base="main"), cache=_fresh(repo))
    assert json.dumps(gate_document(first)) == json.dumps(gate_document(anew))
    # One more merged file: only that one is judged, the reference stays.
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    repo.branch("next")
    repo.commit({f"{FOLDER}/bob/next.jsonl": lines_of(honest(8, 1))})
    heard.clear()
    assert gate(repo.root, Asked(base="main"), say=say).changes[0].before.records == 66
    assert [what for what in heard if "import" in what or "merged" in what] == ["judging merged file new.jsonl"]


def _fresh(repo: Repo) -> Path:
    """An empty cache but for the exported encoder."""
    folder = repo.root.parent / "cache"
    folder.mkdir()
    (folder / "encoder").symlink_to((repo.root / ".git" / "curation" / "encoder").resolve(), target_is_directory=True)
    return folder


def test_the_state_of_another_card_is_not_read(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    one = repo.gate().files[0].checked.inspection.reference
    repo.git("checkout", "--quiet", "main")
    repo.commit({CARD: small.FAQ.replace("Questions by topic", "Questions")})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    assert repo.gate().files[0].checked.inspection.reference != one
