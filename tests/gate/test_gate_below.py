"""A workspace in a folder of its repository: judged, guarded, and told, as one at the top."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.formats.gate_formats import GATE_FORMATS
from curation.formats.gate_json import gate_document
from curation.gate.merging import merge
from curation.gate.result import Answer
from curation.gate.watched import Watched
from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate
from tests.repository import FOLDER, Repo, checks, codes, honest, lines_of

BOB = f"data/{FOLDER}/bob/new.jsonl"


@pytest.fixture
def below(repo: Repo) -> Repo:
    """The small repository with its workspace in `data/`, seen from its top; a branch of it."""
    repo.git("checkout", "--quiet", "main")
    (repo.root / "data").mkdir()
    repo.git("mv", "datanets", "contributors.yaml", "data")
    repo.commit()
    repo.branch()
    return repo


def workspace(repo: Repo) -> Repo:
    return replace(repo, root=repo.root / "data")


def test_it_is_judged_and_every_format_names_the_file_from_the_top(below: Repo) -> None:
    files = {BOB: lines_of([*small.honest(1), *honest(3, 1)]), "datanets/faq/datanet.yaml": "not the one of data/\n"}
    below.commit(files)
    result = workspace(below).gate(author="bob-b")
    assert ([one.path for one in result.files], result.others) == ([BOB], 1)
    assert "exact-duplicate" in checks(result, BOB)[1]
    told = {name: "".join(lines(result)) for name, lines in GATE_FORMATS.items()}
    assert told["text"].startswith(f"{BOB}:1 exact-duplicate")
    assert f"file={BOB},line=1" in told["github"]
    for name in ("json", "jsonl", "sarif", "rdjson", "junit"):
        assert f'"{BOB}"' in told[name]
    assert " --workspace data`" in told["markdown"]


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/gate.yml",
        "CODEOWNERS",
        ".pre-commit-config.yaml",
        ".gitattributes",
        "data/rules/mine.yaml",
        "data/contributors.yaml",
        "data/public/journal.jsonl",
        "data/.gitattributes",
        "DATA/datanets/faq/datanet.yaml",
    ],
)
def test_the_machinery_at_the_top_is_guarded_too(below: Repo, path: str) -> None:
    below.commit({path: "mine\n"})
    assert [(one.code, one.path) for one in workspace(below).may("bob-b").refusals] == [("owner-only", path)]
    assert workspace(below).may("olga").refusals == ()


def test_a_link_in_place_of_the_workspace_is_no_way_in(below: Repo) -> None:
    below.git("rm", "-r", "--quiet", "data")
    (below.root / "data").symlink_to("elsewhere")
    below.commit()
    head = below.git("rev-parse", "HEAD")
    below.git("checkout", "--quiet", "--detach", "main")
    result = workspace(below).gate(head=head, author="bob-b", allow_empty=True)
    assert (set(codes(result)), result.answer) == ({"deleted-file", "owner-only"}, Answer.FAIL)
    assert "data" in [one.path for one in result.refusals]


def test_a_gate_that_looks_at_the_wrong_folder_has_no_answer(below: Repo) -> None:
    """A hook without `--workspace` would else find nothing in each branch, and let it be pushed."""
    below.commit({BOB: lines_of(honest(3, 1))})
    with pytest.raises(UsageError, match=r"no datanet at its top.* it has some in 'data': name it with --workspace"):
        below.gate(allow_empty=True)


def test_a_cache_beside_the_workspace_that_the_branch_holds_is_refused(below: Repo, curate: Curate) -> None:
    below.commit({BOB: lines_of(honest(3, 1)), "cache/states/faq/x": "mine"})
    ran = curate("gate", "--workspace", below.root / "data", "--base", "main", "--cache", below.root / "cache")
    assert ran.code == 2
    assert "is part of the branch" in ran.err


def test_what_was_checked_is_merged(below: Repo, tmp_path: Path) -> None:
    below.commit({BOB: lines_of(honest(3, 2))})
    checked = tmp_path / "gate.json"
    checked.write_text(json.dumps(gate_document(workspace(below).gate(author="bob-b"))))
    below.git("checkout", "--quiet", "main")
    below.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    (below.root / "data/.curation").mkdir()
    (below.root / "data/.curation/cache").symlink_to((below.root / ".git/curation/encoder").resolve())
    done = merge(Workspace(below.root / "data"), "main~1", checked=checked)
    assert ([one.path for one in done.files], done.refusals) == ([BOB], ())


def test_a_link_that_is_checked_out_in_place_of_the_workspace_is_refused(below: Repo, curate: Curate) -> None:
    """Judged by the folder that the branch's link names, everything in the workspace could be deleted unseen."""
    below.git("mv", "data", "demo")
    (below.root / "data").symlink_to("demo")
    below.commit()
    ran = curate("gate", "--workspace", below.root / "data", "--base", "main", "--author", "bob-b", "--allow-empty")
    assert ran.code == 2
    assert "'data' is a link" in ran.err


def test_a_folder_that_passes_for_a_repository_is_none(below: Repo, curate: Curate, tmp_path: Path) -> None:
    """Git takes any folder with HEAD, objects and refs for one, and a branch could bring its own base so."""
    below.commit({BOB: lines_of(honest(3, 1))})
    honest_word = curate("gate", "--workspace", below.root / "data", "--base", "main", "--author", "stranger").code
    assert honest_word == 1
    made = tmp_path / "made"
    shutil.copytree(below.root / "data", made)
    own = Repo(made)
    own.git("init", "--quiet", "--initial-branch", "main")
    own.commit()
    for name in ("HEAD", "objects", "refs"):
        source = made / ".git" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, below.root / "data" / name)
    told = ("[core]", "repositoryformatversion = 0", "bare = false", "worktree = .")
    (below.root / "data" / "config").write_text("\n".join(told) + "\n")
    below.git("add", "-Af")
    below.git("commit", "--quiet", "-m", "a repository in a folder")
    ran = curate("gate", "--workspace", below.root / "data", "--base", "main", "--author", "stranger", "--allow-empty")
    assert ran.code == 1


def test_attributes_in_each_folder_on_the_way_to_the_workspace_are_guarded() -> None:
    watched = Watched(prefix="deep/data/here/")
    guarded = [f"{folder}.gitattributes" for folder in ("", "deep/", "deep/data/", "deep/data/here/")]
    assert all(watched.decides(path) for path in guarded)
    assert not any(watched.decides(path) for path in ("deep/other/.gitattributes", "deep/data/here/x/.gitattributes"))
