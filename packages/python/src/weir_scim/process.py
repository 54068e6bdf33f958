"""A ``weir serve`` that ends with this process, however this process ends."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from .binary import environment
from .errors import StartFailed

END = 10.0
"""Seconds until a process that was asked to stop is killed."""


class Process:
    """The process, ready. Standard input is open as long as it is wanted: with ``--until-eof`` its end stops the process,
    also when this one is killed."""

    def __init__(self, binary: Path, arguments: Sequence[str], timeout: float) -> None:
        command = [str(binary), "serve", "--listen", "127.0.0.1:0", "--format", "json", "--until-eof", *arguments]
        # A file, because a pipe that is not read would fill.
        with tempfile.TemporaryFile() as errors:
            try:
                # In a session of its own, so that Ctrl-C in a debugger does not end it.
                self._child = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=environment(),
                    start_new_session=True,
                )
            except OSError as problem:
                raise StartFailed(f"{binary} cannot be started: {problem}") from problem
            self._end = weakref.finalize(self, _end, self._child, os.getpid())
            line = _first_line(self._child, timeout)
            if line:
                self.greeting: dict[str, Any] = json.loads(line)
                return
            self.stop()
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
        ended = f"ended with status {self._child.returncode}" if line is not None else f"was not ready in {timeout} s"
        raise StartFailed(f"weir serve {ended}: {said or 'it said nothing'}\n  {' '.join(command)}")

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def stop(self) -> None:
        """Ends it and waits for its end."""
        self._end()


def _first_line(child: subprocess.Popen[bytes], timeout: float) -> bytes | None:
    """The first line on standard output; empty at its end, ``None`` if neither came in time."""
    stdout = child.stdout
    assert stdout is not None  # a pipe was asked for
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
    try:
        return lines.get(timeout=timeout)
    except queue.Empty:
        return None


def _end(child: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        # A fork of the process that started it; the endpoint is not its own.
        return
    _close(child.stdin)
    try:
        child.wait(END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    _close(child.stdout)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        # The other end may be gone.
        with contextlib.suppress(OSError):
            pipe.close()
