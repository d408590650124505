"""`curate` for scripts and hooks that start it: each run a process of its own, forked where all is imported already.

A Python that imports what judging takes costs two seconds, and the hooks and the action start a dozen. A run is given
what its caller gives: arguments, folder, environment and streams. Starts from nothing are held in tests/cli.

    python forking.py DOOR     answers at the socket DOOR until it is killed
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from subprocess import PIPE, Popen
from typing import NoReturn

ROOT = Path(__file__).parents[1]
NOT_BEFOREHAND = {"great_expectations", "sentence_transformers"}
CLIENT = """\
#!{python} -IS
import json, os, socket, sys
caller = socket.socket(socket.AF_UNIX)
caller.connect({door!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(caller, [len(asked).to_bytes(8, "big")], [0, 1, 2])
caller.sendall(asked)
(code,) = caller.recv(1)
sys.exit(code)
"""


@contextmanager
def forking(folder: Path) -> Iterator[Path]:
    """The program `curate` in `folder`; what answers it ends with this."""
    door, program = folder / "door", folder / "curate"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Popen([sys.executable, __file__, str(door)], stdout=PIPE, env=environment) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"ready\n"
        program.write_text(CLIENT.format(python=sys.executable, door=str(door)))
        program.chmod(0o755)
        try:
            yield program
        finally:
            keeper.kill()


def _answer(caller: socket.socket) -> NoReturn:
    """In the fork: becomes what the caller asked for and answers with its exit code, or with none where it broke."""
    from curation.cli.main import main

    head, streams, _, _ = socket.recv_fds(caller, 8, 3)
    with caller.makefile("rb") as sent:
        arguments, folder, environment = json.loads(sent.read(int.from_bytes(head, "big")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["curate", *arguments]
    try:
        main()
    except SystemExit as left:
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(left.code, int):
            caller.sendall(bytes([left.code]))
    finally:
        os._exit(0)


def _serve(door: str) -> None:
    evidence = import_module("curation.evidence")
    for module in iter_modules(evidence.__path__, "curation.evidence."):
        if module.name.rpartition(".")[2] not in NOT_BEFOREHAND:
            import_module(module.name)
    import_module("curation.gate.gating")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(door)
        listening.listen()
        print("ready", flush=True)  # noqa: T201  (whoever started it waits for this)
        while True:
            caller, _ = listening.accept()
            with caller:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _answer(caller)


if __name__ == "__main__":
    _serve(sys.argv[1])
