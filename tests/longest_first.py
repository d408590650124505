"""Which files of tests begin first: those that take longest, or one process would wait while the other ends alone.

The first two begin at once. They are chosen so that neither waits for what the other makes: the examples are imported
by the one (`tests/made_once.py`) while money flows in the other, which needs neither them nor the encoder.
"""

from collections.abc import Sequence

import pytest

LONGEST = (
    "tests/test_demo.py",
    "tests/test_money_over_time.py",
    "tests/test_recompute.py",
    "tests/evidence/test_encoder.py",
    "tests/web/test_review_page.py",
    "tests/test_verify_forgeries.py",
    "tests/web/test_live_page.py",
    "tests/cli/test_gate.py",
    "tests/test_audits.py",
    "tests/test_workspace.py",
    "tests/gate/test_gate_page.py",
    "tests/test_add_a_check.py",
    "tests/ledger/test_store.py",
    "tests/ledger/test_rebuilding.py",
    "tests/test_pasted_output.py",
    "tests/test_manual_pages.py",
    "tests/web/test_openapi.py",
    "tests/gate/test_fits_in.py",
    "tests/test_interrupted_money.py",
    "tests/cli/test_exit_codes.py",
    "tests/cli/test_verbs.py",
    "tests/review/test_queue.py",
    "tests/test_inspection.py",
    "tests/test_creating.py",
    "tests/rewards/test_settlement.py",
    "tests/gate/test_merging.py",
    "tests/gate/test_gate_refused.py",
    "tests/gate/test_gate_base.py",
    "tests/audit/test_leak.py",
    "tests/cli/test_jsonl.py",
    "tests/formats/test_huggingface.py",
    "tests/test_hosting.py",
    "tests/web/test_browser.py",
)


def sort_by_length(items: list[pytest.Item], longest: Sequence[str] = LONGEST) -> None:
    """The tests of these files first, in this order; the others, and those within a file, as they stood."""
    places = {file: place for place, file in enumerate(longest)}
    items.sort(key=lambda item: places.get(item.nodeid.split("::", 1)[0], len(longest)))
