"""The options that choose a part of the queue, declared once for all verbs that take them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:  # what a queue is brings numpy, which --help does not need
    from curation.review.choice import Choice

DatanetFilter: TypeAlias = Annotated[str | None, typer.Option("--datanet", "-d", help="Only of this datanet.")]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What was chosen; each field is an option."""

    datanet: DatanetFilter = None
    sort: Annotated[
        str | None, typer.Option("--sort", help="Only what is: review, unchecked, part, audit, doubt, appeal, split.")
    ] = None
    check: Annotated[str | None, typer.Option("--check", help="Only where this check or rule found something.")] = None
    contributor: Annotated[str | None, typer.Option(help="Only by this contributor.")] = None
    label: Annotated[str | None, typer.Option(help="Only under this label.")] = None

    @property
    def choice(self) -> "Choice":
        """The same, as the queue takes it; raises `UsageError` for a sort that there is not."""
        from curation.errors import UsageError  # noqa: PLC0415  (not for --help)
        from curation.review.choice import Choice  # noqa: PLC0415
        from curation.review.worth import Sort  # noqa: PLC0415

        if self.sort is not None and self.sort not in set(Sort):
            raise UsageError(f"`--sort` is {self.sort!r}: one of {', '.join(Sort)} wanted")
        return Choice(
            datanet=self.datanet,
            sort=None if self.sort is None else Sort(self.sort),
            code=self.check,
            contributor=self.contributor,
            label=self.label,
        )


_OPTIONS = tuple(signature(Filters).parameters.values())


def with_filters(verb: Callable[..., None]) -> Callable[..., None]:
    """The verb with the options of `Filters` in the place of its parameter `filters`."""
    own = signature(verb)
    told: list[Parameter] = []
    for one in own.parameters.values():
        told += _OPTIONS if one.name == "filters" else [one.replace(kind=Parameter.KEYWORD_ONLY)]

    @wraps(verb)
    def filtered(**given: Any) -> None:
        filters = Filters(**{one.name: given.pop(one.name) for one in _OPTIONS})
        verb(filters=filters, **given)

    # The command line library reads which options there are from here.
    filtered.__signature__ = own.replace(parameters=told)  # type: ignore[attr-defined]  # typeshed has no such field
    return filtered
