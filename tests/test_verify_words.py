"""Words upon words about a record and its copy: what they took they give back, and both verifiers agree."""

from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.workspace import Word, Workspace
from tests import money_world, small
from tests.forging import Forgery
from tests.published import Played, noticed


@pytest.fixture(scope="module")
def paid_anew(played_money: Played, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One more epoch, so that there is money in escrow. Only for reading."""
    workspace = Workspace(small.copy_of(played_money.workspace.root, tmp_path_factory.mktemp("anew") / "ws"))
    money_world.ask(workspace, "now", 3)
    workspace.settle()
    return workspace


def paid_pair(workspace: Workspace) -> tuple[str, str]:
    """A record of bea's with money in escrow, and cay's copy of it."""
    objects = {name: workspace.objects.get(name) for name in workspace.objects.names()}
    forged = Forgery(workspace.places.journal.read_bytes(), objects)
    ids = {
        who: [row["record"] for row in forged.told(forged.of("contribution.submitted", contributor=who)[0], "result")]
        for who in ("bea", "cay")
    }
    escrow = {record for (record, _), lot in workspace.treasury().books().lots.items() if lot.escrow}
    return next((bea, cay) for bea, cay in zip(ids["bea"][2:5], ids["cay"][2:5], strict=True) if bea in escrow)


# Who says what about the record (0) or its copy (1), one after the other; words joined by "+" are said in one go.
WORDS = {
    "a bad word said twice costs no more than a good one gives back": "0 bad, 0 bad, 0 good",
    "a good word about the copy, again and again, gives back once": "0 bad, 1 good, 1 good, 0 good",
    "words in one go follow each other": "0 bad + 0 good, 0 bad + 1 good",
    "both are called bad and both come back": "0 bad, 1 bad, 0 good, 1 bad, 1 good",
}


@pytest.mark.parametrize("said", WORDS.values(), ids=WORDS)
def test_words_upon_words_take_and_give_back_the_same(said: str, paid_anew: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(small.copy_of(paid_anew.root, tmp_path / "ws"))
    pair = paid_pair(workspace)

    def forfeited() -> dict[tuple[str, int], int]:
        return {payout: lot.forfeited for payout, lot in workspace.treasury().books().lots.items()}

    before = forfeited()
    for goes in said.split(", "):
        words = [
            Word(
                record=pair[int(one[0])],
                decision="reject" if one.endswith("bad") else "accept",
                reason="looked at",
                drawn_with=0.5,
            )
            for one in goes.split(" + ")
        ]
        if workspace.decide_all(words[:1], by="amina")[0].doubted or len(words) > 1:
            workspace.decide_all(words, by="bayo")
    assert forfeited() == before
    workspace.export_public(tmp_path / "export")
    assert noticed(tmp_path / "export") == set()
    assert workspace.verify().problems == ()


def test_two_records_of_one_content_are_called_bad_in_one_go(paid_anew: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(small.copy_of(paid_anew.root, tmp_path / "ws"))
    pair = paid_pair(workspace)
    words = [Word(record=record, decision="reject", reason="looked at") for record in pair]
    assert [said.doubted for said in workspace.decide_all(words, by="amina")] == [True, True]
    assert not workspace.decide_all(words, by="bayo")[0].doubted
    assert {record: decided.fact.decision for record, decided in workspace.state().decisions.items()}[
        pair[0]
    ] == "reject"
    assert not any(lot.escrow for (record, _), lot in workspace.treasury().books().lots.items() if record in pair)
    workspace.export_public(tmp_path / "export")
    assert noticed(tmp_path / "export") == set()
    assert workspace.verify().problems == ()


def test_one_record_is_not_called_bad_twice_in_one_go(paid_anew: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(small.copy_of(paid_anew.root, tmp_path / "ws"))
    word = Word(record=paid_pair(workspace)[0], decision="reject", reason="looked at")
    with pytest.raises(UsageError, match="another curator has to agree"):
        workspace.decide_all([word, word], by="amina")
