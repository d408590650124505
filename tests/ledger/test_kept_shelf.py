"""What a long-lived process keeps of the shelf is what lies on it, and no more than there is room for."""

from pathlib import Path

import pytest

from curation.ledger.kept_shelf import KeptShelf
from curation.ledger.shelf import Shelf
from curation.workspace import Workspace
from tests import small


def named(workspace: Workspace) -> tuple[str, str, str]:
    """What the import of the questions is asked for by: contribution, datanet, encoder."""
    (submission,) = workspace.state().of_datanet("faq")
    return submission.fact.contribution, "faq", workspace.setting("faq").encoder_key


def test_what_was_read_once_is_not_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(root)
    name, datanet, encoder = named(workspace)
    shelf = KeptShelf(workspace.places)
    first = shelf.get(name, datanet, encoder)
    assert first is not None
    assert len(shelf) == len(first.known) == small.MEMBERS_OF_EACH * len(small.TOPICS)
    monkeypatch.setattr(Shelf, "get", lambda *_: pytest.fail("it was read again"))
    assert shelf.get(name, datanet, encoder) is first


def test_another_encoder_and_a_new_folder_are_read(root: Path) -> None:
    workspace = Workspace(root)
    name, datanet, encoder = named(workspace)
    shelf = KeptShelf(workspace.places)
    first = shelf.get(name, datanet, encoder)
    assert first is not None
    assert shelf.get(name, datanet, "another") is None
    assert len(shelf) == 0
    shelf.put(name, first, encoder)
    again = shelf.get(name, datanet, encoder)
    assert again is not first
    assert again is not None
    assert again.inspected == first.inspected
    assert len(shelf) == len(again.known)


def test_what_finds_no_room_is_read_each_time(root: Path) -> None:
    workspace = Workspace(root)
    name, datanet, encoder = named(workspace)
    shelf = KeptShelf(workspace.places, records_max=59)
    first, second = shelf.get(name, datanet, encoder), shelf.get(name, datanet, encoder)
    assert first is not second
    assert len(shelf) == 0


def test_the_reference_asked_for_last_stays(root: Path) -> None:
    workspace = Workspace(root)
    entry = workspace.state().reference("faq")
    assert entry is not None
    shelf = KeptShelf(workspace.places)
    assert shelf.reference("faq", entry.version) is shelf.reference("faq", entry.version)
