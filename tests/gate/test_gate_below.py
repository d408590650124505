"""A workspace in a folder of its repository: judged, and told, as one at the top."""

from dataclasses import replace

from tests import small
from tests.repository import FOLDER, Repo, checks, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"
LOOSE = small.FAQ.replace("{reference_min: 40}", "{reference_min: 40, rejected_share_max: 1, review_share_max: 1}")


def test_a_workspace_below_the_top_of_its_repository(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    (repo.root / "data").mkdir()
    repo.git("mv", "datanets", "contributors.yaml", "data")
    repo.commit()
    repo.branch()
    repo.commit({f"data/{BOB}": lines_of([*small.honest(1), *honest(3, 1)]), "datanets/faq/datanet.yaml": LOOSE})
    below = replace(repo, root=repo.root / "data")
    result = below.gate(author="bob-b")
    assert ([one.path for one in result.files], result.others) == ([BOB], 0)
    assert "exact-duplicate" in checks(result, BOB)[1]
