"""Whatever the OpenAPI document allows, and much that it does not, is answered without a failure."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from curation.web.settings import Rate
from tests import small
from tests.web.serving import Served, records_of, serving

UNLIMITED = Rate(per_second=1e6, burst=1e6)
EXAMPLES = 4
KNOWN = {"name": "plots", "contributor": "ann", "file": "good-share.csv", "epoch": 1}


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws")
    rates = dict.fromkeys(("read", "write", "heavy"), UNLIMITED)
    with serving(root, person_rates=rates, stranger_rate=UNLIMITED, datanet_rate=UNLIMITED, stream_seconds=0) as served:
        yield served


def in_many_ways(operation: Any, mode: GenerationMode, ask: Callable[[Any], None]) -> None:
    """Asks an operation with generated cases: always the same ones."""

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        ask(case)

    asked()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_asked_makes_it_fail(mode: GenerationMode, server: Served) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    authorization = {"Authorization": f"Bearer {server.token('owner', 'ann', identities=['owner'])}"}
    known = KNOWN | {"record": records_of(server.hosted, "ann")[0]}
    seen: set[tuple[str, int]] = set()

    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:  # or nothing behind an unknown name is ever reached
            case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        got = case.call(headers=authorization)
        assert got.status_code < 500, case.as_curl_command()
        seen.add((f"{case.method} {case.path}", got.status_code))

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        # The end of a session would be the end of this; there is nothing in it to vary.
        if operation.method.upper() == "DELETE":
            continue
        try:
            in_many_ways(operation, mode, ask)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # what takes nothing cannot be asked wrongly
    answered = {status for _, status in seen}
    assert ({200, 201, 404} if mode is GenerationMode.POSITIVE else {404, 422}) <= answered
