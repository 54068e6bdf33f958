"""Which binary is run, and what a wheel with one says of itself."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import carry_binary
from weir_scim import BinaryNotFound, binary, find


def program(folder: Path, name: str = "weir") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_argument_is_before_the_variable_and_that_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, named, on_path = (program(tmp_path / name) for name in ("given", "named", "path"))
    monkeypatch.setattr(binary, "_of_the_wheel", lambda: None)
    monkeypatch.setenv("WEIR_BINARY", str(named))
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert find(given) == given
    assert find() == named
    monkeypatch.delenv("WEIR_BINARY")
    assert find() == on_path


def test_what_cannot_be_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIR_BINARY", str(tmp_path / "weir"))
    with pytest.raises(BinaryNotFound, match="WEIR_BINARY is"):
        find()
    monkeypatch.delenv("WEIR_BINARY")
    monkeypatch.setattr(binary, "_of_the_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BinaryNotFound, match="install the wheel"):
        find()


def elf(machine: int, *segments: int) -> bytes:
    """The head of an ELF file with segments of these types."""
    head = bytearray(64)
    head[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<H", head, 18, machine)
    struct.pack_into("<Q", head, 32, 64)
    struct.pack_into("<HH", head, 54, 56, len(segments))
    return bytes(head) + b"".join(struct.pack("<I", kind).ljust(56, b"\0") for kind in segments)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (elf(62, 1), "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"),
        (elf(62, 1, 3), "linux_x86_64"),
        (elf(183, 1), "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
    ],
    ids=["static", "dynamic", "another machine"],
)
def test_only_a_static_binary_is_for_every_linux(content: bytes, expected: str) -> None:
    assert carry_binary.platform(content) == expected


@pytest.mark.parametrize(("content", "reason"), [(b"#!/bin/sh\n", "64-bit"), (elf(40, 1), "machine 40")])
def test_no_wheel_carries_what_is_no_known_binary(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        carry_binary.platform(content)
