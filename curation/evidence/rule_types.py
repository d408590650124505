"""Which expectations of Great Expectations a rule may use: those that judge each record by itself and name it.

An expectation about a whole column or table gives no record to answer for it, and one that judges a record by its
neighbours in the file would move its weight when unrelated records join; both are refused with the reason.
Names and arguments are those of Great Expectations 1.24; nothing of it is imported here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from curation.evidence.patterns import PatternError, compiled

PERSONAL_DATA_TYPE: Final = "expect_column_values_to_hold_no_personal_data"
PAIR_DIFFERS_TYPE: Final = "expect_column_pair_values_to_differ"
FOLLOWS_TYPE: Final = "expect_column_pair_values_b_to_follow_from_a"
COLUMN_KWARGS: Final = ("column", "column_A", "column_B", "column_list")


@dataclass(frozen=True, kw_only=True)
class RuleType:
    """One usable expectation: which arguments name fields, which must be there, which may, and what it judges.

    `judges` is `text`, `number` or `any`: the type of field it can judge. `bounds` asks for at least one of them.
    `speaks_of` is the argument that names the field in question when there are several.
    """

    columns: tuple[str, ...] = ("column",)
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    judges: str = "any"
    bounds: tuple[str, ...] = ()
    speaks_of: str | None = None


_BOUNDS: Final = ("min_value", "max_value")
_STRICT_BOUNDS: Final = (*_BOUNDS, "strict_min", "strict_max")
_PAIR: Final = ("column_A", "column_B")
_LIST: Final = ("column_list",)

RULE_TYPES: Final[Mapping[str, RuleType]] = {
    "expect_column_value_lengths_to_be_between": RuleType(may=_STRICT_BOUNDS, bounds=_BOUNDS, judges="text"),
    "expect_column_value_lengths_to_equal": RuleType(needs=("value",), judges="text"),
    "expect_column_values_to_be_between": RuleType(may=_STRICT_BOUNDS, bounds=_BOUNDS),
    "expect_column_values_to_be_in_set": RuleType(needs=("value_set",)),
    "expect_column_values_to_not_be_in_set": RuleType(needs=("value_set",)),
    "expect_column_values_to_be_json_parseable": RuleType(judges="text"),
    "expect_column_values_to_match_strftime_format": RuleType(needs=("strftime_format",), judges="text"),
    "expect_column_values_to_match_regex": RuleType(needs=("regex",), judges="text"),
    "expect_column_values_to_not_match_regex": RuleType(needs=("regex",), judges="text"),
    "expect_column_values_to_match_regex_list": RuleType(needs=("regex_list",), may=("match_on",), judges="text"),
    "expect_column_values_to_not_match_regex_list": RuleType(needs=("regex_list",), judges="text"),
    "expect_column_values_to_be_null": RuleType(),
    "expect_column_values_to_not_be_null": RuleType(),
    "expect_column_values_to_be_unique": RuleType(),
    "expect_column_pair_values_a_to_be_greater_than_b": RuleType(columns=_PAIR, may=("or_equal",)),
    "expect_column_pair_values_to_be_equal": RuleType(columns=_PAIR),
    "expect_column_pair_values_to_be_in_set": RuleType(columns=_PAIR, needs=("value_pairs_set",)),
    "expect_compound_columns_to_be_unique": RuleType(columns=_LIST),
    "expect_select_column_values_to_be_unique_within_record": RuleType(columns=_LIST),
    "expect_multicolumn_sum_to_equal": RuleType(columns=_LIST, needs=("sum_total",), judges="number"),
    PERSONAL_DATA_TYPE: RuleType(needs=("kind",), judges="text"),
    PAIR_DIFFERS_TYPE: RuleType(columns=_PAIR, judges="text"),
    FOLLOWS_TYPE: RuleType(columns=_PAIR, needs=("value_pairs_set",), speaks_of="column_B"),
}

# Why an expectation that exists is not usable, by a part of its name; the first that fits is said.
_REFUSED: Final = (
    (("z_score", "outliers", "increasing", "decreasing"), "it judges a record by its neighbours in the file"),
    (("like_pattern", "query", "unexpected_rows"), "it is for SQL; write expect_column_values_to_match_regex"),
    (("json_schema",), "its patterns would not run on RE2"),
    (("dateutil",), "it guesses at dates; write expect_column_values_to_match_strftime_format"),
    (("of_type", "in_type_list", "type_to_be", "to_exist"), "types and fields are declared on the card"),
    (("multicolumn_values",), "write expect_select_column_values_to_be_unique_within_record or a pair"),
    (
        (
            *("_min_", "_max_", "_mean_", "_median_", "_sum_", "_stdev_", "quantile", "distinct", "proportion"),
            *("value_count", "most_common", "expect_table_", "kl_divergence", "_ks_", "chisquare", "cramers"),
        ),
        "it judges a whole column or table, so no record could answer for it",
    ),
)


def type_problem(name: str) -> str | None:
    """Why an expectation of this name cannot be used, or None."""
    if name in RULE_TYPES:
        return None
    why = next((why for parts, why in _REFUSED if any(part in name for part in parts)), None)
    if why is None or not name.startswith("expect_"):
        return f"{name} is not known; usable are {', '.join(sorted(RULE_TYPES))}"
    return f"{name} cannot be a rule: {why}"


def kwargs_problem(name: str, kwargs: Mapping[str, Any]) -> str | None:
    """What is wrong with the arguments of the expectation `name` (which must be usable), or None."""
    wanted = RULE_TYPES[name]
    known = (*wanted.columns, *wanted.needs, *wanted.may)
    for key in kwargs:
        if key == "mostly":
            return "`mostly` cannot be used: each record is judged by itself"
        if key not in known:
            return f"`{key}` is no argument of {name}; wanted: {', '.join(known)}"
    for key in (*wanted.columns, *wanted.needs):
        if kwargs.get(key) is None:
            return f"{name} wants `{key}`"
    if wanted.bounds and all(kwargs.get(key) is None for key in wanted.bounds):
        return f"{name} wants {' or '.join(wanted.bounds)}"
    if "value_lengths" in name and any(_number(kwargs[key]) for key in _BOUNDS if kwargs.get(key) is not None):
        return f"{name} wants numbers as bounds"
    problems = (_VALUES[key](value) for key, value in kwargs.items() if value is not None)
    return next((problem for problem in problems if problem), None)


def is_variable(value: object) -> bool:
    """Whether an argument stands for something that the card says: `$field`, `$allowed` and so on."""
    return isinstance(value, str) and len(value) > 1 and value[0] == "$" and value[1:].isalpha() and value.islower()


def comparable(value: Any) -> Any:
    """A record's value as the arguments of a rule have it: YAML gives a decimal as a float."""
    return float(value) if isinstance(value, Decimal) else value


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value else f"a text was wanted, {value!r:.80} was seen"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else f"true or false was wanted, {value!r:.80} was seen"


def _number(value: object) -> str | None:
    fits = is_variable(value) or (isinstance(value, int | float) and not isinstance(value, bool))
    return None if fits else f"a number was wanted, {value!r:.80} was seen"


def _bound(value: object) -> str | None:
    fits = isinstance(value, int | float | str) and not isinstance(value, bool)
    return None if fits else f"a number or a text was wanted, {value!r:.80} was seen"


def _pattern(value: object) -> str | None:
    if not isinstance(value, str):
        return f"a pattern was wanted, {value!r:.80} was seen"
    try:
        compiled(value)
    except PatternError as error:
        return str(error)
    return None


def _patterns(value: object) -> str | None:
    if not isinstance(value, list | tuple) or not value:
        return "a list of patterns was wanted"
    return next((problem for problem in map(_pattern, value) if problem), None)


def _scalars(value: object) -> str | None:
    if is_variable(value):
        return None
    fits = isinstance(value, list | tuple) and value and all(isinstance(item, str | int | float) for item in value)
    return None if fits else "a list of values was wanted"


def _pairs(value: object) -> str | None:
    fits = (
        isinstance(value, list | tuple) and value and all(_scalars(pair) is None and len(pair) == 2 for pair in value)
    )
    return None if fits else "a list of pairs of values was wanted"


def _columns(value: object) -> str | None:
    fits = isinstance(value, list | tuple) and len(value) >= 2 and all(isinstance(item, str) for item in value)
    return None if fits else "a list of two or more fields was wanted"


def _any_or_all(value: object) -> str | None:
    return None if value in ("any", "all") else f"any or all was wanted, {value!r:.80} was seen"


_VALUES: Final[Mapping[str, Callable[[object], str | None]]] = {
    **dict.fromkeys(("column", "column_A", "column_B", "kind", "strftime_format"), _text),
    **dict.fromkeys(("strict_min", "strict_max", "or_equal"), _flag),
    **dict.fromkeys(("value", "sum_total"), _number),
    **dict.fromkeys(_BOUNDS, _bound),
    "regex": _pattern,
    "regex_list": _patterns,
    "value_set": _scalars,
    "value_pairs_set": _pairs,
    "column_list": _columns,
    "match_on": _any_or_all,
}
