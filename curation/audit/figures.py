"""All figures, in the order in which a report tells them."""

from collections.abc import Iterator

from curation.audit.asked import Asked
from curation.audit.drift import drift
from curation.audit.figure import Figure
from curation.audit.good import good
from curation.audit.honest import honest
from curation.audit.money import concentration, earnings, to_bad_data, where_it_is
from curation.audit.people import agreement, returning, workload
from curation.audit.records import noise, novelty, over_time, repeats
from curation.audit.reliability import reliability
from curation.audit.usage import usage


def figures(asked: Asked) -> Iterator[Figure]:
    """Quality first, then money, then people."""
    yield good(asked)
    yield to_bad_data(asked)
    yield over_time(asked)
    yield noise(asked)
    yield novelty(asked)
    yield repeats(asked)
    yield reliability(asked)
    yield from honest(asked)
    yield drift(asked)
    yield where_it_is(asked)
    yield concentration(asked)
    yield earnings(asked)
    yield usage(asked)
    yield workload(asked)
    yield agreement(asked)
    yield returning(asked)
