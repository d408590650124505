"""A first card and a first rule suite from a sample: only what the sample supports, each with the evidence it rests on.

Conservative on purpose. What is inferred warns and never rejects, but for the labels; ranges and lengths are wider than
what was seen, and hold in either half of it; a list of values is inferred only where a new value is improbable. A
person edits it before it counts.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from curation.datanet.card import ROLES_WANTED, FieldType, Role, Task
from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.evidence.column_facts import ColumnFacts, column_facts, widened
from curation.intake.reading import Sample

SHIPPED_PACKS: Final = ("text", "labelled-text", "instruction", "table", "personal-data")
FIELDS_MAX: Final = 500
_NAME_CHARS_MAX: Final = 200

_PACKS: Final[Mapping[Task, tuple[str, ...]]] = {
    Task.TEXT: ("text", "personal-data"),
    Task.LABELLED_TEXT: ("text", "labelled-text", "personal-data"),
    Task.INSTRUCTION: ("text", "instruction", "personal-data"),
    Task.TABLE: ("table", "personal-data"),
}
_TEXT_ROLES: Final = (Role.TEXT, Role.PROMPT, Role.RESPONSE)
_GUESSED_NAMES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.TEXT: ("text", "question", "sentence", "content", "body", "document", "clause", "review", "message"),
    Role.LABEL: ("label", "class", "category", "intent", "topic"),
    Role.PROMPT: ("prompt", "instruction", "question", "input", "query"),
    Role.RESPONSE: ("response", "answer", "output", "completion", "reply"),
    Role.ID: ("id",),
    Role.SOURCE: ("source", "url"),
    Role.LICENCE: ("licence", "license"),
}
_SUPPORT_MIN: Final = 30
_UNSEEN_SHARE_MAX: Final = 0.01
_LABELS_MAX: Final = 500
_VALUES_MAX: Final = 50
_RANGE_DISTINCT_MIN: Final = 5
_RANGE_ABS_MAX: Final = 10**15
_SHAPE_DISTINCT_MIN: Final = 10
_LISTED_MIN: Final = 2
_LISTED_CHARS_MAX: Final = 100
_ODD_MAX: Final = 3
_RULES_MAX: Final = 200
# What YAML 1.1 reads as something other than text.
_WORDS_OF_YAML: Final = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


def infer_card_and_rules(sample: Sample, *, name: str, task: Task, roles: Mapping[Role, str]) -> tuple[str, str]:
    """A commented card and rule pack as YAML, which `read_card` and `load_rules` take and which accept the sample.

    `roles` name the columns that a person assigned; the rest is guessed from names. Rows whose column mixes types are
    the exception: they are said in a comment, and will be rejected. Raises `UsageError` for a name in use by a shipped
    pack, a column that is not there, a sample without rows, or a role that no column fits.
    """
    checked_name(name, "datanet")
    if name in SHIPPED_PACKS:
        raise UsageError(f"the name {name} is that of a shipped rule pack; another one is wanted")
    if not sample.rows:
        raise UsageError("the sample has no readable row to infer anything from")
    if not 0 < len(sample.columns) <= FIELDS_MAX:
        raise UsageError(f"the sample has {len(sample.columns)} usable columns, 1 to {FIELDS_MAX} wanted")
    unfit = next((column for column in sample.columns if not 0 < len(column) <= _NAME_CHARS_MAX), None)
    if unfit is not None:
        raise UsageError(
            f"the column name {shown(unfit, 40)!r} cannot be used: 1 to {_NAME_CHARS_MAX} characters wanted"
        )
    assigned = _assigned(sample, task, roles)
    facts = [_facts(sample, column, assigned.get(column)) for column in sample.columns]
    return _card(sample, name, task, facts, assigned), _pack(name, task, facts, assigned)


def _facts(sample: Sample, column: str, role: Role | None) -> ColumnFacts:
    textual = role in (*_TEXT_ROLES, Role.LABEL)
    facts = column_facts(sample, column, as_text=textual)
    if textual and (facts.type is not FieldType.TEXT or facts.mixed):
        raise UsageError(f"the column {shown(column)!r} cannot be the {role}: text in every row was wanted")
    return facts


def _assigned(sample: Sample, task: Task, roles: Mapping[Role, str]) -> dict[str, Role]:
    """Which column has which role: those a person gave, then those the task wants, then what names tell."""
    assigned = _given(sample, roles)
    for role in ROLES_WANTED[task]:
        if role not in assigned.values() and role is not Role.FEATURE:
            assigned[_guessed(sample, role, assigned)] = role
    for role in (Role.SOURCE, Role.LICENCE, Role.ID):
        named = _named(sample, role, assigned)
        if named is None or role in assigned.values():
            continue
        if role is not Role.ID or column_facts(sample, named).all_differ:
            assigned[named] = role
    if task is Task.TABLE:
        assigned.update({column: Role.FEATURE for column in sample.columns if column not in assigned})
        if Role.FEATURE not in assigned.values():
            raise UsageError("a table wants a column that is neither id, source nor licence")
    return assigned


def _given(sample: Sample, roles: Mapping[Role, str]) -> dict[str, Role]:
    for role, column in roles.items():
        if column not in sample.columns:
            there = ", ".join(shown(known, 40) for known in sample.columns[:20])
            raise UsageError(f"no column {shown(column)!r} for the {role}; there are {there}")
    assigned = {column: role for role, column in roles.items()}
    if len(assigned) < len(roles):
        raise UsageError("one column was given two roles")
    return assigned


def _named(sample: Sample, role: Role, assigned: Mapping[str, Role]) -> str | None:
    free = {column.lower(): column for column in sample.columns if column not in assigned}
    return next((free[name] for name in _GUESSED_NAMES[role] if name in free), None)


def _guessed(sample: Sample, role: Role, assigned: Mapping[str, Role]) -> str:
    column = _named(sample, role, assigned)
    if column is None and role is Role.TEXT:
        texts = [column_facts(sample, free, as_text=True) for free in sample.columns if free not in assigned]
        texts = [facts for facts in texts if facts.type is FieldType.TEXT and not facts.mixed and facts.values]
        longest = max(texts, key=lambda facts: sum(len(str(value)) for value in facts.values), default=None)
        column = longest.name if longest else None
    if column is None:
        raise UsageError(f"no column looks like the {role}; name it with --{role}")
    return column


def _card(sample: Sample, name: str, task: Task, facts: Sequence[ColumnFacts], assigned: Mapping[str, Role]) -> str:
    lines = [
        f"# Inferred from {_many(len(sample.rows), 'row')}. Read it, edit it: everything here is a first guess.",
        "schema: curation.datanet/1",
        f"name: {_quoted(name)}",
        f"title: {_quoted(name)}            # one line that tells a contributor what belongs here",
        "licence: not stated      # such as CC-BY-4.0; cannot be inferred",
        "languages: [en]          # ISO 639-1; cannot be inferred",
        f"task: {task}",
    ]
    if sample.nested:
        listed = ", ".join(_quoted(column) for column in sample.nested)
        lines += [f"# Left out, because lists or objects were seen in them: {listed}", "unknown_fields: ignore"]
    lines.append("fields:")
    for column in facts:
        lines += _card_field(column, assigned.get(column.name))
    packs = [*_PACKS[task], name]
    return "\n".join(
        [*lines, "# Rule packs, in order; the last one was inferred with this card.", _flow("rules", packs), ""]
    )


def _card_field(facts: ColumnFacts, role: Role | None) -> Iterator[str]:
    distinct = len(facts.counts)
    gaps = "no gap" if not facts.missing else f"{_many(facts.missing, 'gap')}"
    yield f"  # {_many(facts.rows, 'row')}, {gaps}, {distinct:,} distinct"
    if facts.not_numbers:
        odd = ", ".join(_quoted(value) for value in facts.not_numbers[:_ODD_MAX])
        yield f"  # Most values look like numbers; text because of {odd}"
    if facts.mixed:
        yield "  # Values of several types were seen; those that are not text will be rejected."
    yield f"  - name: {_quoted(facts.name)}"
    yield f"    type: {facts.type}"
    if role is not None:
        yield f"    role: {role}"
    yield f"    required: {'false' if facts.missing else 'true'}"
    if role is Role.LABEL:
        if _is_list(facts, _LABELS_MAX):
            yield f"    # {_seen(facts)}; a label outside this list is rejected."
            yield "    " + _flow("allowed", [str(value) for value in sorted(map(str, facts.counts))])
        else:
            yield "    # allowed: not inferred; later rows kept bringing new labels, or some were seen only once"


def _pack(name: str, task: Task, facts: Sequence[ColumnFacts], assigned: Mapping[str, Role]) -> str:
    rules: list[str] = []
    left_out = 0
    for number, column in enumerate(facts):
        if column.mixed:
            continue
        slug = _slug(column.name, number)
        for rule in _rules(column, assigned.get(column.name), task):
            if len(rules) == _RULES_MAX:
                left_out += 1
            else:
                rules.append(_rule(rule, f"{slug}-{rule.what}", column))
    lines = [
        f"# Inferred from {_many(facts[0].rows, 'row')}. Each rule says what it rests on; none of them rejects.",
        "# Make a rule critical where a value that breaks it can never be right; delete what is only chance.",
        "schema: curation.rules/1",
        f"pack: {_quoted(name)}",
        f"title: What the first records of {name} had in common",
    ]
    if left_out:
        lines.append(f"# {_many(left_out, 'more rule')} could be inferred and was left out, to keep this readable.")
    return "\n".join([*lines, "rules:" if rules else "rules: []", *rules]) + "\n"


@dataclass(frozen=True, kw_only=True)
class _Inferred:
    """One inferred rule: `what` ends its code, `kwargs` is YAML without the column, `rests_on` its grounds."""

    what: str
    type: str
    kwargs: str
    rests_on: str
    message: str
    evidence: float
    fix: str


def _rules(facts: ColumnFacts, role: Role | None, task: Task) -> Iterator[_Inferred]:
    if role is Role.ID:
        if facts.all_differ and task is not Task.TABLE:  # the pack `table` has this rule already
            yield _unique(facts)
        return
    if len(facts.values) < _SUPPORT_MIN:
        return
    if facts.type in (FieldType.INTEGER, FieldType.NUMBER):
        yield from _range(facts)
    elif role in _TEXT_ROLES:
        yield from _length(facts)
    elif facts.type is FieldType.TEXT and role is not Role.LABEL:
        if _is_list(facts, _VALUES_MAX):
            yield _values(facts)
        elif len(facts.counts) >= _SHAPE_DISTINCT_MIN and facts.shape is not None:
            yield _shape(facts, facts.shape)


def _unique(facts: ColumnFacts) -> _Inferred:
    return _Inferred(
        what="unique",
        type="expect_column_values_to_be_unique",
        kwargs="",
        rests_on=f"{_seen(facts)}, so no two were equal",
        message="`{field}` is {value}, which another row of this file has too: an id of its own was wanted",
        evidence=-1.5,
        fix="Give each row its own id; leave out rows that are there twice.",
    )


def _range(facts: ColumnFacts) -> Iterator[_Inferred]:
    extent = facts.extent
    if extent is None or len(facts.counts) < _RANGE_DISTINCT_MIN or max(map(abs, extent)) >= _RANGE_ABS_MAX:
        return
    # A range that one half of the sample gives must hold in the other, or it is a counter or a sorted column.
    extents = [half.extent for half in facts.halves]
    for given, other in zip(extents, reversed(extents), strict=True):
        if given is None or other is None or not widened(*given)[0] <= other[0] <= other[1] <= widened(*given)[1]:
            return
    low, high = widened(*extent)
    yield _Inferred(
        what="range",
        type="expect_column_values_to_be_between",
        kwargs=f"min_value: {low:f}, max_value: {high:f}",
        rests_on=f"{_seen(facts)}, from {extent[0]:f} to {extent[1]:f}; half as much again on either side",
        message="`{field}` is {value}, {wanted} wanted",
        evidence=-1.5,
        fix="Look at the source again: is it the unit, or the decimal point?",
    )


def _length(facts: ColumnFacts) -> Iterator[_Inferred]:
    shortest, longest = facts.lengths
    (short, long), (short_too, long_too) = (half.lengths for half in facts.halves)
    if min(long, long_too) * 2 < longest or max(short, short_too) // 2 > shortest:
        return
    yield _Inferred(
        what="length",
        type="expect_column_value_lengths_to_be_between",
        kwargs=f"min_value: {shortest // 2}, max_value: {max(longest * 2, 1)}",
        rests_on=f"{_seen(facts)}, {shortest:,} to {longest:,} characters long; half and twice as long are taken too",
        message="`{field}` is much shorter or longer than this datanet's texts: {wanted} wanted",
        evidence=-1.0,
        fix="Is the text complete, and one record only?",
    )


def _values(facts: ColumnFacts) -> _Inferred:
    listed = ", ".join(_quoted(str(value)) for value in sorted(map(str, facts.counts)))
    return _Inferred(
        what="values",
        type="expect_column_values_to_be_in_set",
        kwargs=f"value_set: [{listed}]",
        rests_on=f"{_seen(facts)}; {facts.unseen_share:.1%} were seen only once, so a new value is improbable",
        message="`{field}` is {value}, {wanted} wanted",
        evidence=-1.5,
        fix="Use one of the values that others use, spelled as theirs.",
    )


def _shape(facts: ColumnFacts, shape: str) -> _Inferred:
    return _Inferred(
        what="shape",
        type="expect_column_values_to_match_regex",
        kwargs=f"regex: {_quoted(shape)}",
        rests_on=f"{_seen(facts)}, and every one has this shape",
        message="`{field}` is {value}, which is not written like the others: the same shape was wanted",
        evidence=-1.0,
        fix="Write the value as the other records do.",
    )


def _rule(rule: _Inferred, code: str, facts: ColumnFacts) -> str:
    kwargs = f", {rule.kwargs}" if rule.kwargs else ""
    return "\n".join(
        (
            f"  # {rule.rests_on}",
            f"  - code: {code}",
            f"    type: {rule.type}",
            f"    kwargs: {{column: {_quoted(facts.name)}{kwargs}}}",
            "    severity: warning",
            "    meta:",
            f"      message: {_quoted(rule.message)}",
            f"      evidence: {rule.evidence}",
            f"      fix: {_quoted(rule.fix)}",
            f"      why: {_quoted(f'Inferred from a sample: {rule.rests_on}.')}",
        )
    )


def _is_list(facts: ColumnFacts, most: int) -> bool:
    return (
        facts.type is FieldType.TEXT
        and len(facts.values) >= _SUPPORT_MIN
        and _LISTED_MIN <= len(facts.counts) <= most
        and facts.is_settled
        and facts.unseen_share <= _UNSEEN_SHARE_MAX
        and facts.lengths[1] <= _LISTED_CHARS_MAX
    )


def _seen(facts: ColumnFacts) -> str:
    return f"all {_many(len(facts.values), 'sampled value')}; {len(facts.counts):,} distinct"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _slug(name: str, number: int) -> str:
    # The number keeps codes apart where two names leave the same letters.
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower(), flags=re.ASCII).strip("-")[:40].strip("-")
    plain = re.fullmatch(r"[a-z][a-z0-9-]*", letters) and letters == name.lower().replace("_", "-").replace(" ", "-")
    return letters if plain else f"column-{number + 1}" + (f"-{letters}" if letters else "")


def _flow(key: str, values: Sequence[str]) -> str:
    return f"{key}: [{', '.join(_quoted(value) for value in values)}]"


def _quoted(text: str) -> str:
    """A YAML scalar on one line that reads back as this text and nothing else, with nothing invisible in it."""
    if re.fullmatch(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*", text) and text not in _WORDS_OF_YAML:
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"
