"""The rules that a sample's columns call for, written as a rule pack, each with what it rests on as its comment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from curation.datanet.canonical import Value
from curation.datanet.card import FieldType, Role, Task
from curation.datanet.shown import shown
from curation.evidence.column_facts import ColumnFacts, Shape, widened
from curation.evidence.dependencies import CONFIRMED_MIN, Dependency, dependencies
from curation.evidence.rule_types import FOLLOWS_TYPE
from curation.evidence.written_yaml import many, quoted, scalar, slug
from curation.intake.reading import Sample

TEXT_ROLES: Final = (Role.TEXT, Role.PROMPT, Role.RESPONSE)
_SUPPORT_MIN: Final = 30
_UNSEEN_SHARE_MAX: Final = 0.01
_VALUES_MAX: Final = 50
_RANGE_DISTINCT_MIN: Final = 5
_RANGE_ABS_MAX: Final = 10**15
_SHAPE_DISTINCT_MIN: Final = 10
_LISTED_CHARS_MAX: Final = 100
_PAIRED_CHARS_MAX: Final = 200
_RULES_MAX: Final = 200
# A pack is read up to 256 KiB; lists of pairs may fill half of it.
_PAIRS_BYTES_MAX: Final = 128 * 1024
_RULES_SHARING: Final = 20
_NAME_CHARS: Final = 40
_LIKE_CHARS: Final = 40


def pack_of(sample: Sample, name: str, task: Task, facts: Sequence[ColumnFacts], assigned: Mapping[str, Role]) -> str:
    """The rule pack of a sample as YAML, rules by column; `assigned` are the roles of the columns that have one."""
    determined = {one.dependent: one for one in _dependencies(sample, facts, assigned)}
    made: list[str] = []
    for number, column in enumerate(facts):
        if column.mixed:
            continue
        inferred = [*_rules(column, assigned.get(column.name), task)]
        if column.name in determined:
            inferred.append(_follows(determined[column.name]))
        made += [_rule(rule, f"{slug(column.name, number)}-{rule.what}", column) for rule in inferred]
    rules, left_out = made[:_RULES_MAX], max(0, len(made) - _RULES_MAX)
    lines = [
        f"# Inferred from {many(facts[0].rows, 'row')}. Each rule says what it rests on; none of them rejects.",
        "# Make a rule critical where a value that breaks it can never be right; delete what is only chance.",
        "schema: curation.rules/1",
        f"pack: {quoted(name)}",
        f"title: What the first records of {name} had in common",
    ]
    if left_out:
        lines.append(f"# {many(left_out, 'more rule')} could be inferred and was left out, to keep this readable.")
    return "\n".join([*lines, "rules:" if rules else "rules: []", *rules]) + "\n"


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """One inferred rule: `what` ends its code, `rests_on` its grounds.

    `kwargs` is YAML without the column, on one line; `pairs`, of a rule about two columns, the lines of its arguments.
    """

    what: str
    type: str
    kwargs: str
    rests_on: str
    message: str
    evidence: float
    fix: str
    pairs: tuple[str, ...] = ()


def _rules(facts: ColumnFacts, role: Role | None, task: Task) -> Iterator[Inferred]:
    if role is Role.ID:
        if facts.all_differ and task is not Task.TABLE:  # the pack `table` has this rule already
            yield _unique(facts)
        return
    if len(facts.values) < _SUPPORT_MIN:
        return
    if facts.type in (FieldType.INTEGER, FieldType.NUMBER):
        yield from _range(facts)
    elif role in TEXT_ROLES:
        yield from _length(facts)
    elif facts.type is FieldType.TEXT and role is not Role.LABEL:
        if is_list(facts, _VALUES_MAX):
            yield _values(facts)
        elif len(facts.counts) >= _SHAPE_DISTINCT_MIN and facts.shapes:
            yield _shape(facts, facts.shapes)


def _unique(facts: ColumnFacts) -> Inferred:
    return Inferred(
        what="unique",
        type="expect_column_values_to_be_unique",
        kwargs="",
        rests_on=f"{seen_of(facts)}, so no two were equal",
        message="`{field}` is {value}, which another row of this file has too: an id of its own was wanted",
        evidence=-1.5,
        fix="Give each row its own id; leave out rows that are there twice.",
    )


def _range(facts: ColumnFacts) -> Iterator[Inferred]:
    extent = facts.extent
    if extent is None or len(facts.counts) < _RANGE_DISTINCT_MIN or max(map(abs, extent)) >= _RANGE_ABS_MAX:
        return
    # A range that one half of the sample gives must hold in the other, or it is a counter or a sorted column.
    extents = [half.extent for half in facts.halves]
    for given, other in zip(extents, reversed(extents), strict=True):
        if given is None or other is None or not widened(*given)[0] <= other[0] <= other[1] <= widened(*given)[1]:
            return
    low, high = widened(*extent)
    yield Inferred(
        what="range",
        type="expect_column_values_to_be_between",
        kwargs=f"min_value: {low:f}, max_value: {high:f}",
        rests_on=f"{seen_of(facts)}, from {extent[0]:f} to {extent[1]:f}; half as much again on either side",
        message="`{field}` is {value}, {wanted} wanted",
        evidence=-1.5,
        fix="Look at the source again: is it the unit, or the decimal point?",
    )


def _length(facts: ColumnFacts) -> Iterator[Inferred]:
    shortest, longest = facts.lengths
    (short, long), (short_too, long_too) = (half.lengths for half in facts.halves)
    if min(long, long_too) * 2 < longest or max(short, short_too) // 2 > shortest:
        return
    yield Inferred(
        what="length",
        type="expect_column_value_lengths_to_be_between",
        kwargs=f"min_value: {shortest // 2}, max_value: {max(longest * 2, 1)}",
        rests_on=f"{seen_of(facts)}, {shortest:,} to {longest:,} characters long; half and twice as long are taken too",
        message="`{field}` is much shorter or longer than this datanet's texts: {wanted} wanted",
        evidence=-1.0,
        fix="Is the text complete, and one record only?",
    )


def _values(facts: ColumnFacts) -> Inferred:
    listed = ", ".join(quoted(str(value)) for value in sorted(map(str, facts.counts)))
    return Inferred(
        what="values",
        type="expect_column_values_to_be_in_set",
        kwargs=f"value_set: [{listed}]",
        rests_on=f"{seen_of(facts)}; {facts.unseen_share:.1%} were seen only once, so a new value is improbable",
        message="`{field}` is {value}, {wanted} wanted",
        evidence=-1.5,
        fix="Use one of the values that others use, spelled as theirs.",
    )


def _shape(facts: ColumnFacts, shapes: Sequence[Shape]) -> Inferred:
    several = len(shapes) > 1
    listed = ", ".join(quoted(shape.pattern) for shape in shapes)
    like = " or ".join(shown(shape.like, _LIKE_CHARS) for shape in shapes)
    return Inferred(
        what="shape",
        type="expect_column_values_to_match_regex_list" if several else "expect_column_values_to_match_regex",
        kwargs=f"regex_list: [{listed}]" if several else f"regex: {listed}",
        rests_on=f"{seen_of(facts)}, and every one has {'one of these shapes' if several else 'this shape'}",
        message=f"`{{field}}` is {{value}}, which is not written like the others: the shape of {like} was wanted",
        evidence=-1.0,
        fix="Write the value as the other records do.",
    )


def _dependencies(sample: Sample, facts: Sequence[ColumnFacts], assigned: Mapping[str, Role]) -> tuple[Dependency, ...]:
    """Dependencies among columns of names, codes and short texts; a measurement determines nothing."""
    short = [
        one
        for one in facts
        if not one.mixed
        and assigned.get(one.name) not in (*TEXT_ROLES, Role.ID)
        and one.lengths[1] <= _PAIRED_CHARS_MAX
    ]
    columns = {one.name: _aligned(sample, one) for one in short}
    determinants = {one.name for one in short if one.type in (FieldType.TEXT, FieldType.INTEGER)}
    return dependencies(columns, determinants, [one.name for one in short])


def _aligned(sample: Sample, facts: ColumnFacts) -> tuple[Value, ...]:
    """The column's values with None in the rows that have none."""
    there = iter(facts.values)
    return tuple(None if row.get(facts.name) is None else next(there) for row in sample.rows)


def _follows(found: Dependency) -> Inferred:
    listed, left = [], _PAIRS_BYTES_MAX // _RULES_SHARING
    for one, other in found.pairs:
        line = f"        - [{scalar(one)}, {scalar(other)}]"
        left -= len(line.encode())
        if left < 0:
            break
        listed.append(line)
    one_name, other_name = shown(found.determinant, _NAME_CHARS), shown(found.dependent, _NAME_CHARS)
    some = "" if len(listed) == found.distinct else f"; the {len(listed):,} most frequent of {found.distinct:,} pairs"
    return Inferred(
        what="follows",
        type=FOLLOWS_TYPE,
        kwargs="",
        rests_on=f"{many(found.confirmed, 'row')} had a {one_name!r} that an earlier row had, "
        f"and each the same {other_name!r} again{some}",
        message="`{field}` is {value} where `{other_field}` is {other}: {wanted} wanted",
        evidence=-1.5,
        fix="One of the two fields is wrong: look both up.",
        pairs=(
            "    kwargs:",
            f"      column_A: {quoted(found.determinant)}",
            f"      column_B: {quoted(found.dependent)}",
            "      value_pairs_set:",
            *listed,
        ),
    )


def _rule(rule: Inferred, code: str, facts: ColumnFacts) -> str:
    kwargs = f", {rule.kwargs}" if rule.kwargs else ""
    arguments = rule.pairs or (f"    kwargs: {{column: {quoted(facts.name)}{kwargs}}}",)
    return "\n".join(
        (
            f"  # {rule.rests_on}",
            f"  - code: {code}",
            f"    type: {rule.type}",
            *arguments,
            "    severity: warning",
            "    meta:",
            f"      message: {quoted(rule.message)}",
            f"      evidence: {rule.evidence}",
            f"      fix: {quoted(rule.fix)}",
            f"      why: {quoted(f'Inferred from a sample: {rule.rests_on}.')}",
        )
    )


def is_list(facts: ColumnFacts, most: int) -> bool:
    """Whether a text column holds a closed list of at most `most` values, to which another is improbable."""
    return (
        facts.type is FieldType.TEXT
        and len(facts.values) >= _SUPPORT_MIN
        # A single value is a list only when it was seen so often that another would be news.
        and (1 if len(facts.values) >= CONFIRMED_MIN else 2) <= len(facts.counts) <= most
        and facts.is_settled
        and facts.unseen_share <= _UNSEEN_SHARE_MAX
        and facts.lengths[1] <= _LISTED_CHARS_MAX
    )


def seen_of(facts: ColumnFacts) -> str:
    """What a rule about a column rests on, in words."""
    return f"all {many(len(facts.values), 'sampled value')}; {len(facts.counts):,} distinct"
