"""A contribution read from a blob: its bytes go through the same door as every file from outside."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from curation.datanet.card import Datanet
from curation.datanet.record import Contribution
from curation.gate.git import Entry, Repository
from curation.intake.kind import kind_of
from curation.intake.reading import read_contribution


def read_blob(repository: Repository, entry: Entry, file_name: str, datanet: Datanet, contributor: str) -> Contribution:
    """The file as a contribution; raises `FileRefused`. The branch's name for it names no file of this machine."""
    kind = kind_of(file_name)
    with TemporaryDirectory(prefix="curate-gate-") as folder:
        path = Path(folder) / "contribution"
        path.write_bytes(repository.blob(entry))
        read = read_contribution(path, datanet=datanet, contributor=contributor, kind=kind)
    return replace(read, file_name=file_name)
