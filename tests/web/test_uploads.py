"""Files come in parts, are gone on with where they broke off, and are whole only when their digest is right."""

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.web.uploads import Progress, Uploads
from tests import small
from tests.web.serving import Served, serving

DATA = b"".join(b'{"crop": "maize", "rain_mm": %d, "yield_t_ha": 3.5}\n' % number for number in range(300, 340))
SHA256 = hashlib.sha256(DATA).hexdigest()
BYTES = {"Content-Type": "application/octet-stream"}
MOST = 5_000


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws")
    with serving(root, upload_bytes_max=MOST, uploads_bytes_max=2 * MOST, body_bytes_max=1000) as served:
        yield served


@pytest.fixture
def ann(server: Served, request: pytest.FixtureRequest) -> httpx.Client:
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:20]
    return server.client("contributor", name)


def put(client: httpx.Client, data: bytes, sha256: str = SHA256, **query: int | bool) -> httpx.Response:
    return client.put(f"/api/uploads/{sha256}", content=data, headers=BYTES, params=query)


def offset(client: httpx.Client, sha256: str = SHA256) -> tuple[int, str, str]:
    got = client.head(f"/api/uploads/{sha256}")
    return got.status_code, got.headers["Upload-Offset"], got.headers["Upload-Complete"]


def test_in_one_piece(ann: httpx.Client) -> None:
    assert offset(ann) == (404, "0", "?0")
    assert put(ann, DATA).json() == {
        "schema": "curation.upload/1",
        "sha256": SHA256,
        "bytes": len(DATA),
        "complete": True,
    }
    assert offset(ann) == (200, str(len(DATA)), "?1")
    assert put(ann, DATA).status_code == 200


def test_in_parts(ann: httpx.Client) -> None:
    assert put(ann, DATA[:700], complete=False).status_code == 202
    assert offset(ann) == (200, "700", "?0")
    wrong = put(ann, DATA[800:], offset=800)
    assert (wrong.status_code, wrong.json()["type"], wrong.headers["Upload-Offset"]) == (
        409,
        "urn:curation:upload-offset",
        "700",
    )
    assert put(ann, DATA[700:], offset=700).status_code == 201
    assert offset(ann) == (200, str(len(DATA)), "?1")


def test_gone_on_with_after_the_connection_broke(ann: httpx.Client, server: Served) -> None:
    address = urlsplit(server.url)
    lines = [
        f"PUT /api/uploads/{SHA256} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: {ann.headers['Authorization']}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {len(DATA)}",
    ]
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + DATA[:900])
        time.sleep(0.5)  # or what was not read yet is lost with the connection
    until = time.monotonic() + 10
    while (found := offset(ann)) != (200, "900", "?0"):
        assert time.monotonic() < until, found
        time.sleep(0.05)
    assert put(ann, DATA[900:], offset=900).status_code == 201


def test_another_digest_is_dropped(ann: httpx.Client) -> None:
    got = put(ann, DATA + b" ")
    assert (got.status_code, got.json()["type"]) == (422, "urn:curation:digest")
    assert offset(ann) == (404, "0", "?0")


def test_sizes_are_capped(ann: httpx.Client) -> None:
    large = b"x" * (MOST + 1)
    sha256 = hashlib.sha256(large).hexdigest()
    assert put(ann, large, sha256).status_code == 413
    assert offset(ann, sha256)[0] == 404

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 500):
            yield large[start : start + 500]

    # Without a length, and by going on with it.
    got = ann.put(f"/api/uploads/{sha256}", content=pieces(), headers=BYTES)
    assert got.status_code == 413
    at = int(offset(ann, sha256)[1])
    assert put(ann, large[at:], sha256, offset=at).status_code == 413
    assert int(offset(ann, sha256)[1]) <= MOST
    many = [
        ann.put(f"/api/uploads/{number:064x}?complete=false", content=b"x" * 4000, headers=BYTES) for number in range(3)
    ]
    assert [one.status_code for one in many] == [202, 202, 413]


def test_a_body_is_capped_whatever_its_headers_say(ann: httpx.Client) -> None:
    json = {"Content-Type": "application/json", "Idempotency-Key": "a"}

    def pieces() -> Iterator[bytes]:
        yield b'{"upload": "'
        for _ in range(40):
            yield b"0" * 100
        yield b'", "file_name": "a.jsonl"}'

    got = ann.post("/api/datanets/faq/contributions", content=pieces(), headers=json)
    assert (got.status_code, got.headers["Content-Type"]) == (413, "application/problem+json")
    assert ann.post("/api/datanets/faq/contributions", content=b" " * 1001, headers=json).status_code == 413
    assert ann.get("/session").status_code == 200


def test_another_content_type_is_refused(ann: httpx.Client) -> None:
    assert ann.put(f"/api/uploads/{SHA256}", content=DATA, headers={"Content-Type": "text/plain"}).status_code == 415
    got = ann.post("/api/datanets/faq/check", data={"upload": "a"})
    assert (got.status_code, got.json()["detail"]) == (415, "application/json wanted")


def test_an_upload_belongs_to_its_name(server: Served) -> None:
    one, other = server.client("contributor", "mae"), server.client("contributor", "moe")
    assert put(one, DATA).status_code == 201
    assert offset(other)[0] == 404
    body = {"upload": SHA256, "file_name": "a.jsonl"}
    assert one.post("/api/datanets/plots/check", json=body).status_code == 200
    got = other.post("/api/datanets/plots/check", json=body)
    assert (got.status_code, got.json()["type"]) == (404, "urn:curation:upload")


@pytest.mark.parametrize(
    "name", ["../a.jsonl", "a/b.jsonl", ".jsonl", "a.jsonl\n", "", "a" * 200 + ".csv", "a", "a.b.c.csv"]
)
def test_a_file_name_is_a_name(name: str, ann: httpx.Client) -> None:
    got = ann.post("/api/datanets/plots/check", json={"upload": SHA256, "file_name": name})
    assert (got.status_code, got.json()["errors"][0]["field"]) == (422, "body.file_name")


def test_a_file_that_is_refused_says_why(ann: httpx.Client) -> None:
    zipped = b"PK\x03\x04 something"
    sha256 = hashlib.sha256(zipped).hexdigest()
    assert put(ann, zipped, sha256).status_code == 201
    for path, key in (("check", {}), ("contributions", {"Idempotency-Key": "a"})):
        got = ann.post(f"/api/datanets/plots/{path}", json={"upload": sha256, "file_name": "a.csv"}, headers=key)
        assert (got.status_code, got.json()["type"]) == (422, "urn:curation:file-refused")
        assert got.json()["code"]


@given(parts=st.lists(st.binary(max_size=50), max_size=6))
def test_parts_make_the_whole(parts: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    uploads = Uploads(tmp_path_factory.mktemp("uploads"))
    whole = b"".join(parts)
    sha256 = hashlib.sha256(whole).hexdigest()
    done = 0
    with uploads.taken("ann", sha256) as part:
        assert part is not None
        for data in parts:
            uploads.append(part, data)
            done += len(data)
            assert uploads.progress("ann", sha256) == Progress(bytes=done, complete=False)
        assert uploads.finish("ann", sha256)
    with uploads.named("ann", sha256, "a.jsonl") as file:
        assert file is not None
        assert (file.name, file.read_bytes()) == ("a.jsonl", whole)
    assert not file.exists()


def test_one_writer_for_each_and_old_ones_go(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    with uploads.taken("ann", SHA256) as part:
        assert part is not None
        uploads.append(part, b"x")
        with uploads.taken("ann", SHA256) as second, uploads.taken("bea", SHA256) as third:
            assert (second, third is None) == (None, False)
        with uploads.taken("ann", SHA256) as still:
            assert still is None
    (tmp_path / "uploads" / "read-dead").mkdir()
    uploads.drop_before(3600)
    assert uploads.kept_bytes("ann") == 1
    uploads.drop_before(-1)
    assert list((tmp_path / "uploads").iterdir()) == []
