"""What a gate run found as a baseline: written into the base by its owner, these findings no longer fail the gate."""

from collections.abc import Iterator

from curation.finding import Severity
from curation.gate.baseline import baseline_lines
from curation.gate.result import GateResult


def lines(result: GateResult) -> Iterator[str]:
    """One line per record content and check, sorted. What could not be read has no content and is not in it."""
    yield from baseline_lines(
        (file.datanet, row.digest, finding.check)
        for file in result.files
        for row in file.checked.inspection.rows
        for finding in row.findings
        if row.digest is not None and finding.severity is not Severity.INFO
    )
