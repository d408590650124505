"""YAML that people write for us (cards, rule packs), read strictly: no aliases, tags or duplicate keys, size-capped.

Keeps the line of every value, so that a refusal can name it.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from curation.datanet.shown import shown
from curation.errors import CardError

SIZE_MAX_BYTES = 256 * 1024

Path: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses aliases and leaves dates as the text they are."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.MarkedYAMLError(problem="an alias (*) is not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Located:
    """A YAML document as plain values, with the line each path stands on."""

    source: str
    value: Any
    lines: dict[Path, int]

    def validated(self, model: type[Model]) -> Model:
        """The document as a model; raises `CardError` naming the line of the first thing that is wrong."""
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
            place = ".".join(str(part) for part in first["loc"]) or "document"
            said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise CardError(f"{self.source}:{self._line(tuple(first['loc']))}: {place}: {said}{more}") from None

    def _line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(data: bytes, source: str) -> Located:
    """Reads one document; raises `CardError` with `source:line` on anything but plain maps, lists and scalars."""
    if len(data) > SIZE_MAX_BYTES:
        raise CardError(f"{source}: {len(data)} bytes, at most {SIZE_MAX_BYTES} wanted")
    try:
        loader = _Loader(data)
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        value = _plain(loader, node, (), lines, source) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise CardError(f"{source}:{mark.line + 1 if mark else 1}: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CardError(f"{source}:1: not readable as YAML: {said}") from None
    return Located(source, value, lines)


# What plain maps, lists and scalars are; every other tag asks a loader to make something of them.
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null"))


def _plain(loader: Any, node: Any, path: Path, lines: dict[Path, int], source: str) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if node.tag not in _PLAIN_TAGS:
        raise CardError(f"{source}:{line}: the tag {shown(node.tag, 80)} is not allowed")
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            key_line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise CardError(f"{source}:{key_line}: a key must be text, {key!r} was seen")
            if key in found:
                raise CardError(f"{source}:{key_line}: the key {key!r} stands twice")
            found[key] = _plain(loader, value_node, (*path, key), lines, source)
            lines[(*path, key)] = key_line
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, index), lines, source) for index, item in enumerate(node.value)]
    return loader.construct_object(node)
