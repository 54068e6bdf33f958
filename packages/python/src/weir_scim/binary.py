"""The binary: found, and run without what this process's environment would tell it."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from .errors import BinaryNotFound

PathLike = str | os.PathLike[str]

SECRETS = (
    "WEIR_BASIC",
    "WEIR_BEARER",
    "WEIR_CONTROL_TOKEN",
    "WEIR_LIKE_BEARER",
    "WEIR_OAUTH_CLIENT",
    "WEIR_READER_BASIC",
    "WEIR_READER_BEARER",
    "WEIR_SECOND_BASIC",
    "WEIR_SECOND_BEARER",
)
"""Variables that hold credentials for an endpoint of the user's own, not for one that a test starts."""


def find(binary: PathLike | None = None) -> Path:
    """The binary: ``binary`` itself, else that of ``WEIR_BINARY``, of this package's wheel, or of the path."""
    for named, source in ((binary, "the binary that was given"), (os.environ.get("WEIR_BINARY"), "WEIR_BINARY")):
        if named:
            path = Path(named).expanduser()
            if not os.access(path, os.X_OK) or path.is_dir():
                raise BinaryNotFound(f"{source} is {path}, which is not a program that can be run")
            return path.resolve()
    installed = _of_the_wheel() or shutil.which("weir")
    if installed is None:
        raise BinaryNotFound(
            "there is no weir to run: install the wheel that carries it, put weir on the path, or name it in WEIR_BINARY"
        )
    return Path(installed)


def _of_the_wheel() -> str | None:
    schemes = [sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")]
    folders = dict.fromkeys(sysconfig.get_path("scripts", scheme) for scheme in schemes)
    return shutil.which("weir", path=os.pathsep.join(folders))


def environment(given: dict[str, str] | None = None) -> dict[str, str]:
    """This process's environment without credentials, and with ``given``."""
    inherited = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return inherited | (given or {})
