"""How often chance alone would show as much: the upper tail of a count among independent records."""

from math import exp, lgamma, log


def binomial_tail(count: int, size: int, rate: float) -> float:
    """P(X ≥ count) of X ~ Binomial(size, rate), in 0..1; to about 1e-12 of its value."""
    if count <= 0:
        return 1.0
    if count > size or rate <= 0.0:
        return 0.0
    if rate >= 1.0:
        return 1.0
    odds, rest = log(rate), log(1.0 - rate)
    whole = lgamma(size + 1)
    terms = [
        whole - lgamma(hits + 1) - lgamma(size - hits + 1) + hits * odds + (size - hits) * rest
        for hits in range(count, size + 1)
    ]
    # Smallest first, so that what is small is not lost beside what is large.
    return min(1.0, sum(sorted(map(exp, terms))))
