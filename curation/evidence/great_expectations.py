"""Great Expectations judges the rules: one suite, one validation, and for each rule the rows that failed.

The one file that imports it. It is used for judging and nothing else: its context lives in memory, its analytics and
progress bars are off, and its pages, which show record text unescaped, are never made. An expectation that raised is a
failure of the engine, never of a record. Patterns run on RE2 by expectations of our own, as pandas would use `re`.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd

from curation.datanet.canonical import Value
from curation.datanet.shown import shown
from curation.errors import EngineFailed
from curation.evidence.patterns import compiled
from curation.evidence.personal_data import kinds_of
from curation.evidence.rule_packs import Rule
from curation.evidence.rule_results import RuleResult
from curation.evidence.rule_types import COLUMN_KWARGS, RULE_TYPES, comparable

# Read when it is imported. 1.24 sends nothing by itself; an older or newer one asks this.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own imports of deprecated modules are no concern of ours
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnMapExpectation, ColumnPairMapExpectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
        column_condition_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_function_partial import (
        column_function_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
        ColumnMapMetricProvider,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_pair_condition_partial import (
        column_pair_condition_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_pair_map_metric_provider import (
        ColumnPairMapMetricProvider,
    )
    from great_expectations.validator.metric_configuration import MetricConfiguration

_RULE: Final = "rule"
_FLOAT_EXACT_MAX: Final = 2**53
_RESULT_FORMAT: Final = {"result_format": "COMPLETE", "partial_unexpected_count": 0}


def judge(rules: Sequence[Rule], columns: Mapping[str, Sequence[Value]], rows: int) -> tuple[RuleResult, ...]:
    """Each rule with the rows that fail it, in the order of `rules`.

    `columns` hold `rows` values each, None where a record has none; a field without a column has no values at all. A
    missing value passes every rule but `expect_column_values_to_not_be_null`. Raises `EngineFailed` naming the rule
    when its expectation raised or gave no answer.
    """
    if not rules or not rows:
        return tuple(RuleResult(rule=rule, positions=()) for rule in rules)
    frame = _frame(rules, columns, rows)
    with _quiet():
        results = _validated(rules, frame)
    by_rule = {result.expectation_config.meta[_RULE]: result for result in results}
    return tuple(
        RuleResult(rule=rule, positions=_positions(rule, by_rule.get(index))) for index, rule in enumerate(rules)
    )


def _validated(rules: Sequence[Rule], frame: pd.DataFrame) -> Any:
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("contribution").add_dataframe_asset("records")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    expectations = [_expectation(index, rule) for index, rule in enumerate(rules)]
    suite = gx.ExpectationSuite(name="rules", expectations=expectations)
    return batch.validate(suite, result_format=_RESULT_FORMAT).results


def _expectation(index: int, rule: Rule) -> Any:
    name, kwargs = _TRANSLATED.get(rule.type, lambda type_, given: (type_, given))(rule.type, dict(rule.kwargs))
    shape = RULE_TYPES[rule.type].columns
    if shape == ("column_A", "column_B"):
        kwargs["ignore_row_if"] = "either_value_is_missing"
    elif shape == ("column_list",):
        kwargs["ignore_row_if"] = "any_value_is_missing"
    try:
        return ExpectationConfiguration(type=name, kwargs=kwargs, meta={_RULE: index}).to_domain_obj()
    except Exception as error:  # noqa: BLE001 - whatever it raises means the same to us
        raise EngineFailed(f"the rule {rule.code} cannot be judged: {_told(str(error))}") from None


def _positions(rule: Rule, result: Any) -> tuple[int, ...]:
    found = None if result is None else result.result.get("unexpected_index_list")
    if found is None:
        raise EngineFailed(f"the rule {rule.code} could not be judged: {_why(result)}")
    return tuple(sorted(int(position) for position in found))


def _why(result: Any) -> str:
    """What was raised, without its stack trace. GX nests it under the metric that raised, or states it flat."""
    told = {} if result is None else result.exception_info or {}
    nested = [value for value in told.values() if isinstance(value, Mapping)]
    messages = [str(info.get("exception_message") or "") for info in (*nested, told)]
    return _told(next(filter(None, messages), "no answer was given"))


def _told(message: str) -> str:
    return shown(" ".join(message.split()), 300)


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations logs what it catches, to standard error if nobody listens; what matters is in its results."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _frame(rules: Sequence[Rule], columns: Mapping[str, Sequence[Value]], rows: int) -> pd.DataFrame:
    """One column for each field a rule names, with the default index: positions come back as they are."""
    names: dict[str, None] = {}
    for rule in rules:
        for key in COLUMN_KWARGS:
            named = rule.kwargs.get(key, ())
            names.update(dict.fromkeys([named] if isinstance(named, str) else named))
    return pd.DataFrame({name: _series(columns.get(name, (None,) * rows)) for name in names}, index=pd.RangeIndex(rows))


def _series(values: Sequence[Value]) -> "pd.Series[Any]":
    """Numbers as floats, so that they compare as numbers; all else, and what a float cannot hold, as it is."""
    there = [value for value in values if value is not None]
    numeric = bool(there) and all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in there)
    if numeric and all(abs(value) <= _FLOAT_EXACT_MAX for value in there if isinstance(value, int)):
        return pd.Series([np.nan if value is None else float(value) for value in values], dtype="float64")
    return pd.Series(list(values), dtype=object)


def _booleans(column: "pd.Series[Any]", answers: list[bool]) -> "pd.Series[bool]":
    # The type matters: GX negates the answers, and `~` of Python's True is -2.
    return pd.Series(answers, index=column.index, dtype=bool)


class _PatternMetric(ColumnMapMetricProvider):  # type: ignore[misc]  # the library has no types
    """Whether a text matches patterns: `any`, `all` or `none` of them."""

    condition_metric_name = "column_values.re2_patterns"
    condition_value_keys = ("patterns", "match_on")

    @column_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas(cls, column: "pd.Series[Any]", patterns: list[str], match_on: str, **_: Any) -> Any:  # noqa: N805 - its protocol
        made = [compiled(pattern) for pattern in patterns]
        if match_on == "all":
            return _booleans(column, [all(pattern.matches(str(text)) for pattern in made) for text in column])
        found = [any(pattern.matches(str(text)) for pattern in made) for text in column]
        return _booleans(column, found if match_on == "any" else [not answer for answer in found])


class ExpectColumnValuesToSatisfyRe2Patterns(ColumnMapExpectation):  # type: ignore[misc]  # the library has no types
    """Expect values to match any, all or none of the patterns, on RE2."""

    patterns: list[str]
    match_on: str

    map_metric = "column_values.re2_patterns"
    success_keys = ("patterns", "match_on", "mostly")


class _TextBetweenMetric(ColumnMapMetricProvider):  # type: ignore[misc]  # the library has no types
    """Whether a text stands between two others, as dates written yyyy-mm-dd do."""

    condition_metric_name = "column_values.text_between"
    condition_value_keys = ("least", "most", "strict_min", "strict_max")

    @column_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas(
        cls,  # noqa: N805 - its protocol
        column: "pd.Series[Any]",
        least: str | None,
        most: str | None,
        strict_min: bool,  # noqa: FBT001 - its protocol
        strict_max: bool,  # noqa: FBT001 - its protocol
        **_: Any,
    ) -> Any:
        def is_between(text: str) -> bool:
            above = least is None or text > least or (text == least and not strict_min)
            return above and (most is None or text < most or (text == most and not strict_max))

        return _booleans(column, [is_between(str(text)) for text in column])


class ExpectColumnTextsToBeBetween(ColumnMapExpectation):  # type: ignore[misc]  # the library has no types
    """Expect texts to stand between two others; the library's own expectation makes such bounds dates or floats."""

    least: str | None = None
    most: str | None = None
    strict_min: bool = False
    strict_max: bool = False

    map_metric = "column_values.text_between"
    success_keys = ("least", "most", "strict_min", "strict_max", "mostly")


class _PersonalDataMetric(ColumnMapMetricProvider):  # type: ignore[misc]  # the library has no types
    """Whether a text holds personal data of a kind. All kinds are found in one pass, which every rule then shares."""

    function_metric_name = "column_values.personal_data"
    condition_metric_name = "column_values.no_personal_data"
    condition_value_keys = ("kind",)

    @column_function_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas_function(cls, column: "pd.Series[Any]", **_: Any) -> Any:  # noqa: N805 - its protocol
        return pd.Series([kinds_of(str(text)) for text in column], index=column.index, dtype=object)

    @column_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas(cls, column: "pd.Series[Any]", kind: str, _metrics: dict[str, Any], **_: Any) -> Any:  # noqa: N805 - its protocol
        kinds, _domain, _accessor = _metrics["column_values.personal_data.map"]
        return _booleans(column, [kind not in found for found in kinds])

    @classmethod
    def _get_evaluation_dependencies(
        cls, metric: Any, configuration: Any = None, execution_engine: Any = None, runtime_configuration: Any = None
    ) -> Any:
        dependencies = super()._get_evaluation_dependencies(
            metric=metric,
            configuration=configuration,
            execution_engine=execution_engine,
            runtime_configuration=runtime_configuration,
        )
        if metric.metric_name == "column_values.no_personal_data.condition":
            dependencies["column_values.personal_data.map"] = MetricConfiguration(
                metric_name="column_values.personal_data.map",
                metric_domain_kwargs=metric.metric_domain_kwargs,
            )
        return dependencies


class ExpectColumnValuesToHoldNoPersonalData(ColumnMapExpectation):  # type: ignore[misc]  # the library has no types
    """Expect values to hold no personal data of a kind."""

    kind: str

    map_metric = "column_values.no_personal_data"
    success_keys = ("kind", "mostly")


class _PairDiffersMetric(ColumnPairMapMetricProvider):  # type: ignore[misc]  # the library has no types
    """Whether two texts say different things once case, punctuation and white space are left out."""

    condition_metric_name = "column_pair_values.differ"
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_A",
        "column_B",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )
    condition_value_keys = ()

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas(cls, column_A: "pd.Series[Any]", column_B: "pd.Series[Any]", **_: Any) -> Any:  # noqa: N803, N805 - its protocol
        pairs = zip(column_A, column_B, strict=True)
        return _booleans(column_A, [_letters(str(one)) != _letters(str(other)) for one, other in pairs])


class _PairFollowsMetric(ColumnPairMapMetricProvider):  # type: ignore[misc]  # the library has no types
    """Whether the second value is one that goes with the first; a first value that no pair has says nothing."""

    condition_metric_name = "column_pair_values.b_follows_from_a"
    condition_domain_keys = _PairDiffersMetric.condition_domain_keys
    condition_value_keys = ("value_pairs_set",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]  # likewise
    def _pandas(
        cls,  # noqa: N805 - its protocol
        column_A: "pd.Series[Any]",  # noqa: N803 - its protocol
        column_B: "pd.Series[Any]",  # noqa: N803 - its protocol
        value_pairs_set: list[list[Any]],
        **_: Any,
    ) -> Any:
        wanted: dict[Any, set[Any]] = {}
        for one, other in value_pairs_set:
            wanted.setdefault(one, set()).add(other)
        pairs = zip(map(comparable, column_A), map(comparable, column_B), strict=True)
        return _booleans(column_A, [one not in wanted or other in wanted[one] for one, other in pairs])


class ExpectColumnPairValuesBToFollowFromA(ColumnPairMapExpectation):  # type: ignore[misc]  # the library has no types
    """Expect the second field to hold what goes with the first, where the first is known."""

    ignore_row_if: str
    value_pairs_set: list[Any]

    map_metric = "column_pair_values.b_follows_from_a"
    success_keys = ("column_A", "column_B", "value_pairs_set", "ignore_row_if", "mostly")


class ExpectColumnPairValuesToDiffer(ColumnPairMapExpectation):  # type: ignore[misc]  # the library has no types
    """Expect the texts of two fields to differ in more than case, punctuation and white space."""

    ignore_row_if: str

    map_metric = "column_pair_values.differ"
    success_keys = ("column_A", "column_B", "ignore_row_if", "mostly")


def _letters(text: str) -> str:
    kept = "".join(character for character in text.casefold() if character.isalnum())
    return kept or text


def _patterns(key: str, match_on: str) -> Any:
    def translated(_: str, kwargs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        given = kwargs.pop(key)
        kwargs["patterns"] = [given] if isinstance(given, str) else list(given)
        kwargs.setdefault("match_on", match_on)
        return "expect_column_values_to_satisfy_re2_patterns", kwargs

    return translated


def _between(name: str, kwargs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not any(isinstance(kwargs.get(bound), str) for bound in ("min_value", "max_value")):
        return name, kwargs
    bounds = {"least": kwargs.pop("min_value", None), "most": kwargs.pop("max_value", None)}
    return "expect_column_texts_to_be_between", {**kwargs, **bounds}


_TRANSLATED: Final[Mapping[str, Any]] = {
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_match_regex": _patterns("regex", "any"),
    "expect_column_values_to_match_regex_list": _patterns("regex_list", "any"),
    "expect_column_values_to_not_match_regex": _patterns("regex", "none"),
    "expect_column_values_to_not_match_regex_list": _patterns("regex_list", "none"),
}
