"""What can go wrong with a call, as opposed to with data: bad data is a finding, a wrong call is raised from this tree.

Each error carries the exit code that the command line answers with.
"""


class CurationError(Exception):
    """The root: something the caller has to know, said in one message without a stack trace."""

    exit_code = 2


class UsageError(CurationError):
    """The call itself is wrong: an unknown datanet, a bad name, a record nobody has."""


class Stale(UsageError):
    """What was decided about is no longer what was seen: nothing was changed, and the word can be said again."""


class WorkspaceBusy(UsageError):
    """Another process works on what is asked for, and did not finish in time; later it goes."""


class CardError(CurationError):
    """A card or a rule pack cannot be used; the message names file and line."""


class FileRefused(CurationError):
    """A whole contribution file cannot be read; `code` is stable, `hint` says what would be read."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({code})" + (f". {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint


class EngineFailed(CurationError):
    """A part of the engine broke, so the check is incomplete: never a pass, never the contributor's fault."""

    exit_code = 3


class JournalBroken(CurationError):
    """The journal or a file it names does not hold together, so nothing that rests on it can be checked."""

    exit_code = 3
