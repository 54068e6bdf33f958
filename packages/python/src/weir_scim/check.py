"""The checks of an endpoint, as an assertion."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .binary import PathLike, environment, find
from .errors import CheckFailed

Level = Literal["must", "should", "note"]
"""The mildest finding that counts: a broken MUST, a SHOULD, or a note."""

Verdict = Literal["pass", "skip", "note", "warn", "blocked", "fail", "error"]

LEVELS: dict[Level, tuple[Verdict, ...]] = {
    "must": ("fail", "error", "blocked"),
    "should": ("warn",),
    "note": ("note",),
}
"""The verdicts that each level adds to those before it."""

MOST_SHOWN = 10
"""How many findings the text of a report has in full."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a finding."""

    message: str
    requirements: tuple[str, ...]
    """The requirements that are broken, with level and summary."""
    expected: tuple[str, ...]
    """Every outcome that would have been right."""
    observed: str | None
    exchanges: tuple[str, ...]
    """The exchanges that show it, the deciding one last."""


@dataclass(frozen=True)
class Finding:
    """The verdict of a check, or of a rule that judges every exchange."""

    name: str
    """The full name, as ``--only`` takes it: ``patch.atomic[Group]``."""
    title: str
    verdict: Verdict
    reason: str | None
    is_known: bool
    """Whether the baseline covers it."""
    problems: tuple[Problem, ...]
    repeat: str | None
    """The lines for a shell that show it again."""
    record: Mapping[str, Any]
    """The entry of the JSON report that all of this is from."""

    def __str__(self) -> str:
        lines = [f"{self.verdict} {self.name}: {self.title}"]
        if self.reason:
            lines.append(f"  {self.reason}")
        for problem in self.problems:
            lines.append(f"  {problem.message}")
            lines += [f"    rule      {text}" for text in problem.requirements]
            lines += [f"    expected  {text}" for text in problem.expected]
            lines += [f"    got       {problem.observed}"] if problem.observed else []
            lines += [f"    exchange  {text}" for text in problem.exchanges]
        return "\n".join(lines)


@dataclass(frozen=True)
class Cause:
    """The one thing wrong behind a group of findings."""

    headline: str
    verdict: Verdict
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What a run of ``weir check`` found."""

    conforms: bool
    """Whether nothing was found at or above the level that was asked for, besides what the baseline knows."""
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    """What is wrong, what to mend first in front."""
    command: str
    """The command that repeats the run."""
    fail_on: Level
    record: Mapping[str, Any]
    """The JSON report."""

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that count, at the level that was asked for, and that the baseline does not know."""
        counted = _counted(self.fail_on)
        return tuple(one for one in self.findings if one.verdict in counted and not one.is_known)

    def assert_conforms(self) -> None:
        """Raises an ``AssertionError`` that shows what is wrong."""
        __tracebackhide__ = True
        if not self.conforms:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        wrong = self.wrong
        if self.conforms:
            return f"conforms: {len(self.findings)} checks and rules, none of them wrong\nrepeat with: {self.command}"
        lines = [f"{len(wrong)} of {len(self.findings)} checks and rules are wrong"]
        if self.causes:
            lines += ["", "start here:"]
            lines += [f"  {cause.headline} ({_some(cause.findings)})" for cause in self.causes]
        for finding in wrong[:MOST_SHOWN]:
            lines += ["", str(finding)]
        if len(wrong) > MOST_SHOWN:
            lines += ["", "and " + _some(tuple(one.name for one in wrong[MOST_SHOWN:]))]
        expired = [entry["entry"] for entry in self.record.get("outdated", ()) if not entry["mended"]]
        if expired:
            lines += ["", "expired in the baseline: " + _some(tuple(map(str, expired)))]
        return "\n".join([*lines, "", f"repeat with: {self.command}"])


def check(
    url: str,
    *,
    token: str | None = None,
    basic: tuple[str, str] | None = None,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    quick: bool = False,
    read_only: bool = False,
    baseline: PathLike | None = None,
    fail_on: Level = "must",
    seed: int | None = None,
    allow_remote: bool = False,
    arguments: Sequence[str] = (),
    binary: PathLike | None = None,
    timeout: float | None = None,
) -> Report:
    """Runs ``weir check`` at an endpoint of your own, and returns what it found.

    The checks create users and groups and delete them at the end. At another machine they are run only with
    ``allow_remote``. ``arguments`` are further flags of ``weir check``; ``weir.toml`` in the current folder counts. Without
    ``timeout``, in seconds, the run takes as long as it takes.

    A finding is no exception: ``check(url).assert_conforms()`` makes it one. ``CheckFailed`` is raised where the run itself
    could not be done.
    """
    if fail_on not in LEVELS:
        raise ValueError(f"fail_on is {fail_on!r}; it can be {', '.join(LEVELS)}")
    flags = ["--format", "json", "--fail-on", fail_on]
    flags += [word for name in only for word in ("--only", name)]
    flags += [word for name in skip for word in ("--skip", name)]
    flags += ["--quick"] if quick else []
    flags += ["--read-only"] if read_only else []
    flags += ["--yes"] if allow_remote else []
    flags += [] if baseline is None else ["--baseline", str(baseline)]
    flags += [] if seed is None else ["--seed", str(seed)]
    # On the command line every user of the machine could read them.
    secrets = {} if token is None else {"WEIR_BEARER": token}
    secrets |= {} if basic is None else {"WEIR_BASIC": ":".join(basic)}
    status, output, said = _run([str(find(binary)), "check", url, *flags, *arguments], environment(secrets), timeout)
    if status not in (0, 1):
        raise CheckFailed(f"weir check ended with status {status}: {said}", status)
    return _report(json.loads(output), status == 0, fail_on)


def _run(command: Sequence[str], variables: dict[str, str], timeout: float | None) -> tuple[int, bytes, str]:
    """Exit status, standard output and standard error. An end before its time lets the run delete what it created."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=variables) as child:
        try:
            output, errors = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            child.terminate()
            child.communicate()
            raise CheckFailed(f"weir check was not done in {timeout} s; it was ended", child.returncode) from None
        except KeyboardInterrupt:
            # Ctrl-C reached it as well, and a second signal would end its clean-up.
            child.communicate()
            raise
    return child.returncode, output, errors.decode(errors="replace").strip()


def _report(record: Mapping[str, Any], conforms: bool, fail_on: Level) -> Report:
    return Report(
        conforms=conforms,
        findings=tuple(_finding(entry) for entry in (*record["checks"], *record["rules"])),
        causes=tuple(
            Cause(entry["headline"], entry["verdict"], tuple(entry["findings"])) for entry in record["causes"]
        ),
        command=record["run"]["command"],
        fail_on=fail_on,
        record=record,
    )


def _finding(entry: Mapping[str, Any]) -> Finding:
    subject = entry.get("subject")
    return Finding(
        name=entry["id"] if subject is None else f"{entry['id']}[{subject}]",
        title=entry["title"],
        verdict=entry["verdict"],
        reason=entry.get("reason"),
        is_known=entry.get("known") is not None,
        problems=tuple(_problem(problem) for problem in entry["problems"]),
        repeat=entry.get("repeat"),
        record=entry,
    )


def _problem(entry: Mapping[str, Any]) -> Problem:
    return Problem(
        message=entry["message"],
        requirements=tuple(
            f"{one['id']} ({one['level']})" + (f": {one['summary']}" if one.get("summary") else "")
            for one in entry["requirements"]
        ),
        expected=tuple(entry["legal"]),
        observed=entry.get("observed"),
        exchanges=tuple(f"{one['method']} {one['url']} -> {one['status']}" for one in entry["exchanges"]),
    )


def _counted(fail_on: Level) -> set[Verdict]:
    counted: set[Verdict] = set()
    for level, verdicts in LEVELS.items():
        counted.update(verdicts)
        if level == fail_on:
            break
    return counted


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
