from pathlib import Path

import pytest

from curation.datanet.canonical import digest
from curation.errors import JournalBroken
from curation.ledger.objects import Objects


def test_bytes_come_back_under_their_digest(tmp_path: Path) -> None:
    objects = Objects(tmp_path / "objects")
    for data in (b"", b"one", bytes(range(256)) * 300):
        name = objects.put(data)
        assert name == digest(data)
        assert objects.get(name) == data
        assert objects.has(name)
        assert objects.path(name) == tmp_path / "objects" / name[:2] / name
    assert list(objects.names()) == sorted(map(digest, (b"", b"one", bytes(range(256)) * 300)))


def test_putting_again_changes_nothing_but_mends_damage(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    name = objects.put(b"one")
    before = objects.path(name).stat().st_mtime_ns, objects.path(name).stat().st_ino
    objects.put(b"one")
    assert (objects.path(name).stat().st_mtime_ns, objects.path(name).stat().st_ino) == before
    objects.path(name).write_bytes(b"two")
    objects.put(b"one")
    assert objects.get(name) == b"one"


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    data = b'{"row":0}\n{"row":1}\n'
    name = objects.put(data)
    for place in range(len(data)):
        objects.path(name).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(JournalBroken, match="damaged"):
            objects.get(name)
    for damaged in (data[:-1], data + b"x", b""):
        objects.path(name).write_bytes(damaged)
        with pytest.raises(JournalBroken, match="damaged"):
            objects.get(name)


def test_a_missing_file_and_a_name_that_is_no_digest_are_broken(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    assert not objects.has("0" * 64)
    with pytest.raises(JournalBroken, match="missing"):
        objects.get("0" * 64)
    for name in ("../../etc/passwd", "ab", "A" * 64):
        assert not objects.has(name)
        with pytest.raises(JournalBroken, match="no digest"):
            objects.get(name)


def test_an_unfinished_write_is_not_a_file(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    name = objects.put(b"one")
    (objects.path(name).parent / f".{name}.1-2.tmp").write_bytes(b"on")
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / name).write_bytes(b"one")
    assert list(objects.names()) == [name]
