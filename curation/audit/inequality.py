"""How unequal amounts are: Gini, "Variabilità e mutabilità" (1912)."""

from collections.abc import Sequence


def gini(amounts: Sequence[int]) -> float | None:
    """The Gini coefficient of amounts that are not negative, 0 (all alike) to 1 − 1/n (one has it all).

    None where there is nothing to share. Raises `ValueError` for a negative amount.
    """
    if any(one < 0 for one in amounts):
        raise ValueError("an amount is negative")
    total, count = sum(amounts), len(amounts)
    if not total:
        return None
    # Whole numbers up to the one division: amounts are larger than a float holds exactly.
    weighed = sum((2 * place - count - 1) * units for place, units in enumerate(sorted(amounts), start=1))
    return weighed / (count * total)
