"""A first card and a first rule suite from a sample: only what the sample supports, each with the evidence it rests on.

Conservative on purpose. What is inferred warns and never rejects, but for the labels; ranges and lengths are wider than
what was seen, and hold in either half of it; a list of values is inferred only where a new value is improbable. A
person edits it before it counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from curation.datanet.card import ROLES_WANTED, FieldType, Role, Task
from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.evidence.column_facts import ColumnFacts, column_facts
from curation.evidence.inferred_rules import TEXT_ROLES, is_list, pack_of, seen_of
from curation.evidence.written_yaml import flow, many, quoted
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
_GUESSED_NAMES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.TEXT: ("text", "question", "sentence", "content", "body", "document", "clause", "review", "message"),
    Role.LABEL: ("label", "class", "category", "intent", "topic"),
    Role.PROMPT: ("prompt", "instruction", "question", "input", "query"),
    Role.RESPONSE: ("response", "answer", "output", "completion", "reply"),
    Role.ID: ("id",),
    Role.SOURCE: ("source", "url"),
    Role.LICENCE: ("licence", "license"),
}
_LABELS_MAX: Final = 500
_LISTED_MIN: Final = 2
_ODD_MAX: Final = 3


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
    return _card(sample, name, task, facts, assigned), pack_of(sample, name, task, facts, assigned)


def _facts(sample: Sample, column: str, role: Role | None) -> ColumnFacts:
    textual = role in (*TEXT_ROLES, Role.LABEL)
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
        f"# Inferred from {many(len(sample.rows), 'row')}. Read it, edit it: everything here is a first guess.",
        "schema: curation.datanet/1",
        f"name: {quoted(name)}",
        f"title: {quoted(name)}            # one line that tells a contributor what belongs here",
        "licence: not stated      # such as CC-BY-4.0; cannot be inferred",
        "languages: [en]          # ISO 639-1; cannot be inferred",
        f"task: {task}",
    ]
    if sample.nested:
        listed = ", ".join(quoted(column) for column in sample.nested)
        lines += [f"# Left out, because lists or objects were seen in them: {listed}", "unknown_fields: ignore"]
    lines.append("fields:")
    for column in facts:
        lines += _card_field(column, assigned.get(column.name))
    packs = [*_PACKS[task], name]
    return "\n".join(
        [*lines, "# Rule packs, in order; the last one was inferred with this card.", flow("rules", packs), ""]
    )


def _card_field(facts: ColumnFacts, role: Role | None) -> Iterator[str]:
    distinct = len(facts.counts)
    gaps = "no gap" if not facts.missing else f"{many(facts.missing, 'gap')}"
    yield f"  # {many(facts.rows, 'row')}, {gaps}, {distinct:,} distinct"
    if facts.not_numbers:
        odd = ", ".join(quoted(value) for value in facts.not_numbers[:_ODD_MAX])
        yield f"  # Most values look like numbers; text because of {odd}"
    if facts.mixed:
        yield "  # Values of several types were seen; those that are not text will be rejected."
    yield f"  - name: {quoted(facts.name)}"
    yield f"    type: {facts.type}"
    if role is not None:
        yield f"    role: {role}"
    yield f"    required: {'false' if facts.missing else 'true'}"
    if role is Role.LABEL:
        if is_list(facts, _LABELS_MAX) and len(facts.counts) >= _LISTED_MIN:
            yield f"    # {seen_of(facts)}; a label outside this list is rejected."
            yield "    " + flow("allowed", [str(value) for value in sorted(map(str, facts.counts))])
        else:
            yield "    # allowed: not inferred; later rows kept bringing new labels, or some were seen only once"
