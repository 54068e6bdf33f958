"""Puts a ready binary into the wheel: WEIR_WHEEL_BINARY names it. Without the variable the wheel has none."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROGRAM_INTERPRETER = 3


def needs_a_loader(elf: bytes) -> bool:
    """Whether a 64-bit little-endian ELF file names a dynamic loader, and so depends on the C library of its machine."""
    (offset,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    return any(struct.unpack_from("<I", elf, offset + size * row)[0] == PROGRAM_INTERPRETER for row in range(count))


def platform(elf: bytes) -> str:
    """The platform tag of a wheel with this binary. A static one runs with every C library."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise ValueError("is not a 64-bit little-endian ELF binary")
    machines = {62: "x86_64", 183: "aarch64"}
    (number,) = struct.unpack_from("<H", elf, 18)
    if number not in machines:
        raise ValueError(f"is for the machine {number}; known are {machines}")
    machine = machines[number]
    if needs_a_loader(elf):
        return f"linux_{machine}"
    return f"manylinux_2_17_{machine}.manylinux2014_{machine}.musllinux_1_1_{machine}"


class CarryBinary(BuildHookInterface):  # type: ignore[type-arg]
    """The hook of hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        named = os.environ.get("WEIR_WHEEL_BINARY")
        if not named:
            return
        binary = Path(named).resolve()
        try:
            tag = platform(binary.read_bytes())
        except (OSError, ValueError) as problem:
            raise RuntimeError(f"WEIR_WHEEL_BINARY: {binary}: {problem}") from problem
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"
        build_data["shared_scripts"] = {str(binary): "weir"}
