"""A new datanet from a sample file: a card and a first rule suite, inferred from it, for a person to edit."""

from pathlib import Path

from curation.datanet.card import CARD_FILE, Role, Task, read_card
from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.evidence.infer_rules import infer_card_and_rules
from curation.intake.reading import read_sample
from curation.ledger.durable import write_file

SAMPLE_ROWS_MAX = 10_000


def default_task(roles: dict[Role, str]) -> Task:
    """labelled-text with a label column, instruction with a prompt column, else text."""
    if Role.LABEL in roles:
        return Task.LABELLED_TEXT
    return Task.INSTRUCTION if Role.PROMPT in roles else Task.TEXT


def create_datanet(root: Path, name: str, sample: Path, task: Task | None, roles: dict[Role, str]) -> tuple[Path, Path]:
    """Writes card and rules into a workspace (made one if need be); returns both paths.

    `roles` names the columns that have one. Raises `UsageError` when either file exists or a
    column is not in the sample.
    """
    checked_name(name, "datanet")
    card_path, rules_path = root / "datanets" / name / CARD_FILE, root / "rules" / f"{name}.yaml"
    for path in (card_path, rules_path):
        if path.exists():
            raise UsageError(f"{path.relative_to(root)} is there already and is not overwritten")
    read = read_sample(sample, SAMPLE_ROWS_MAX)
    for column in roles.values():
        if column not in read.columns:
            there = ", ".join(shown(one, 40) for one in read.columns[:30])
            raise UsageError(f"there is no column {shown(column, 40)!r} in the sample: it has {there}")
    card, rules = infer_card_and_rules(read, name=name, task=task or default_task(roles), roles=roles)
    # What is written must be readable: better an error here than at the first check.
    read_card(card.encode(), f"datanets/{name}/{CARD_FILE}")
    for path, text in ((rules_path, rules), (card_path, card)):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, text.encode())
        except OSError as error:
            raise UsageError(f"{path.relative_to(root)} cannot be written: {error.strerror}") from None
    return card_path, rules_path
