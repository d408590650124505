"""The service answers: its process, its pages, uploads, submissions, records."""

import hashlib

import httpx

from tests import small
from tests.web.serving import Served


def sent(client: httpx.Client, data: bytes) -> str:
    """Uploads a file and tells its digest."""
    sha256 = hashlib.sha256(data).hexdigest()
    told = client.put(f"/api/uploads/{sha256}", content=data, headers={"Content-Type": "application/octet-stream"})
    assert told.status_code == 201
    return sha256


def test_the_process_lives_and_is_ready(server: Served) -> None:
    client = server.stranger()
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json() == {"status": "ready"}


def test_a_file_is_uploaded_checked_and_submitted(server: Served) -> None:
    client = server.client("contributor", "cay")
    path = small.write_jsonl(server.hosted.root / "new.jsonl", small.plots(5, first=500))
    body = {"upload": sent(client, path.read_bytes()), "file_name": "new.jsonl"}

    checked = client.post("/api/datanets/plots/check", json=body).json()
    assert (checked["check"]["records"], len(checked["records"])) == (5, 5)
    assert server.hosted.state().contributors.get("cay") is None

    done = client.post("/api/datanets/plots/contributions", json=body, headers={"Idempotency-Key": "a"})
    assert done.status_code == 201
    assert (done.json()["contributor"], done.json()["row_count"], done.json()["already"]) == ("cay", 5, False)
    again = client.post("/api/datanets/plots/contributions", json=body, headers={"Idempotency-Key": "b"})
    assert (again.json()["already"], again.json()["contribution"]) == (True, done.json()["contribution"])
    found = client.get("/api/records").json()["records"]
    assert [row["contributor"] for row in found] == ["cay"] * 5
