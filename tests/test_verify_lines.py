"""Lines that only look like events of money say nothing; and some lines may not stand where others would."""

import copy
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import small
from tests.forging import Forgery, Json, canonical
from tests.published import VERIFIERS, Played, noticed, verifier


def put(forged: Forgery, value: object) -> str:
    """A new object; its digest."""
    data = canonical(value)
    name = sha256(data).hexdigest()
    forged.objects[name] = forged.changed[name] = data
    return name


def insert(forged: Forgery, kind: str, **body: Any) -> None:
    """A line before the last one, an epoch. No draw is behind it, whose commitment would tell of any change."""
    last = forged.lines[-1]
    assert last["type"] == "epoch.settled"
    forged.lines.insert(-1, last | {"type": kind, "body": body})


def credited(forged: Forgery) -> Json:
    """A payout of the first epoch."""
    (told,) = forged.told(forged.of("epoch.settled")[0], "lines")
    return next(move for move in told["moves"] if move["what"] == "credit")


def spelled_otherwise(forged: Forgery) -> None:
    """It would give a record half an OPEN of the reserve."""
    move = credited(forged) | {"what": "correct", "source": "reserve", "units": str(5 * 10**17)}
    moves = put(forged, {"schema": "curation.moves/1", "moves": [move]})
    insert(forged, "record_decided", by="amina", decision="accept", record=move["record"], moves=moves)


def looks_like_an_undo(forged: Forgery) -> None:
    """It would hide from one script that a record was relabelled, and not from the other."""
    line = forged.lines.index(forged.of("record.decided", decision="relabel")[-1]) + 1
    insert(forged, "note", a={"word": line}, type="word.undone")
    insert(forged, "note", a={"a": {"word": line}, "hash": ""}, type="word.undone")


@pytest.mark.parametrize("forge", [spelled_otherwise, looks_like_an_undo])
def test_a_line_of_another_type_says_nothing(
    forge: Callable[[Forgery], None], played_money: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = played_money.forgery()
    forge(forged)
    export = shutil.copytree(played_money.export, tmp_path / "export")
    forged.into_export(export)
    assert noticed(export) == set()
    assert "DIFFERS" not in capsys.readouterr().out


def charged_twice(forged: Forgery) -> None:
    forged.lines.insert(-1, copy.deepcopy(forged.of("inference.served")[-1]))


def place_of_no_commitment(forged: Forgery) -> None:
    forged.of("contribution.submitted", contributor="ann")[-1]["body"]["committed"] = 7


def place_of_anothers_commitment(forged: Forgery) -> None:
    (committed,) = forged.of("contents.committed")
    line = forged.of("contribution.submitted", contributor="ann")[-1]
    line["body"]["committed"] = forged.lines.index(committed) + 1


def own_word(forged: Forgery) -> None:
    said = forged.of("record.decided", decision="accept")[-1]
    (who,) = {
        line["body"]["contributor"]
        for line in forged.of("contribution.submitted")
        if said["body"]["record"] in [row["record"] for row in forged.told(line, "result")]
    }
    said["body"]["by"] = who


def nothing_settled(forged: Forgery) -> None:
    """Whatever is in escrow would be an epoch older."""
    (before,) = forged.told(forged.lines[-1], "lines")
    told = {"epoch": before["epoch"] + 1, "through": len(forged.lines)}
    lines = put(forged, before | told | {"inferences": [], "records": [], "moves": []})
    body = forged.lines[-1]["body"] | told | {"lines": lines}
    forged.lines.append(forged.lines[-1] | {"body": body})


def address_in_capitals(forged: Forgery) -> None:
    """One address would stand twice among the claims."""
    insert(
        forged, "contributor.registered", contributor="dan", address="0x" + "AB" * 20, name="0" * 64, public_key=None
    )


def address_of_an_account(forged: Forgery) -> None:
    """What vested to dan would be eve's to claim."""
    insert(forged, "contributor.registered", contributor="dan", address="vested:eve", name="0" * 64, public_key=None)


@pytest.mark.parametrize(
    ("forge", "script", "said"),
    [
        (charged_twice, "decisions", "keys of payers"),
        (place_of_no_commitment, "decisions", "places"),
        (place_of_anothers_commitment, "decisions", "places"),
        (own_word, "decisions", "judges"),
        (nothing_settled, "payouts", "epochs"),
        (address_in_capitals, "payouts", "addresses"),
        (address_of_an_account, "payouts", "addresses"),
    ],
)
def test_both_notice_a_line_that_may_not_stand_there(  # noqa: PLR0917  (a forgery and all who see it)
    forge: Callable[[Forgery], None],
    script: str,
    said: str,
    played_money: Played,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    forged = played_money.forgery()
    forge(forged)
    export = shutil.copytree(played_money.export, tmp_path / "export")
    forged.into_export(export)
    assert VERIFIERS[script].main([str(export)]) == 1
    assert f": {said}: " in capsys.readouterr().out
    root = small.copy_of(played_money.workspace.root, tmp_path / "ws")
    forged.into_workspace(root)
    assert Workspace(root).verify().problems != ()


def test_what_is_asked_otherwise_is_not_passed_over(played_money: Played, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(played_money.export)
    head = played_money.workspace.state().head
    for arguments in ([folder, "--head"], [folder, f"--head={head}"], [folder, "--haed", head], [folder, folder]):
        assert verifier.main(arguments) == 2
    assert VERIFIERS["decisions"].main([folder, "--head", head]) == 2
    assert verifier.main([folder, "--head", ""]) == 1
    # Who gave no head is not told that one was compared.
    capsys.readouterr()
    assert verifier.main([folder]) == 0
    assert "known heads" not in capsys.readouterr().out
