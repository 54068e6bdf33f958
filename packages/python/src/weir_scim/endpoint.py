"""An endpoint for the tests of a provisioning client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, final
from urllib.parse import quote

from . import journal
from .binary import PathLike, find
from .control import Control
from .journal import Exchange
from .process import Process

Resource = dict[str, Any]
"""A SCIM resource as JSON."""


@dataclass(frozen=True)
class Application:
    """One application of an endpoint: a base URL with credentials of its own."""

    name: str
    tenant: str | None
    urls: tuple[str, ...]
    token: str | None
    """A bearer token that it takes, if the target takes any."""
    basic: tuple[str, str] | None
    """User and password, if the target takes any."""
    oauth: tuple[str, str] | None
    """Id and secret of a client of the token endpoint, if the target offers one."""
    reader: str | None
    """A bearer token that can read and not write, if the target has one."""

    @property
    def url(self) -> str:
        """The base URL, below which ``/Users`` is found."""
        return self.urls[0]


@final
class Endpoint:
    """A running ``weir serve``. It is a context manager, and stops at its end; ``start`` makes one."""

    def __init__(self, process: Process, ca_file: str | None = None) -> None:
        self._process = process
        greeting = process.greeting
        self.target = str(greeting["target"])
        """The target that it behaves like."""
        self.applications = tuple(_application(entry) for entry in greeting["applications"])
        """Every application of the target, in the target's order."""
        self.control = Control(greeting["control"]["url"], greeting["control"]["bearer"], ca_file)
        """The control API, for what this class has no method for."""

    @property
    def url(self) -> str:
        """The base URL of the first application."""
        return self.applications[0].url

    @property
    def token(self) -> str:
        """A bearer token of the first application."""
        token = self.applications[0].token
        if token is None:
            raise ValueError(f"the target {self.target} takes no bearer token; see `applications[0]`")
        return token

    @property
    def headers(self) -> dict[str, str]:
        """The header that a client of the first application sends."""
        return {"Authorization": f"Bearer {self.token}"}

    def application(self, name: str) -> Application:
        """The application of this name."""
        for application in self.applications:
            if application.name == name:
                return application
        known = ", ".join(application.name for application in self.applications)
        raise LookupError(f"the target {self.target} has no application {name!r}; it has {known}")

    def reset(self) -> None:
        """Removes every resource, account and recorded exchange, and returns to the deviations of the start."""
        self.control.text("POST", "reset")

    @property
    def deviations(self) -> list[str]:
        """The active deviations."""
        return list(self.control.json("GET", "deviations")["active"])

    def set_deviations(self, deviations: Iterable[str]) -> None:
        """Replaces the active deviations, those of the target included."""
        self.control.text("PUT", "deviations", list(deviations))

    @contextmanager
    def deviating(self, *deviations: str) -> Iterator[None]:
        """Switches deviations on, such as ``"write.answer-lost=first:1"``, and off again at its end."""
        before = self.deviations
        self.set_deviations([*before, *deviations])
        try:
            yield
        finally:
            self.set_deviations(before)

    def load(self, resources: Iterable[Mapping[str, Any]], application: str | None = None) -> int:
        """Stores resources in an application, the first unless one is named; how many."""
        return int(self.control.json("POST", "data" + _named(application), list(resources))["loaded"])

    def add_people(self, count: int) -> None:
        """Fills the first application with invented people, and two groups of them, ``ten`` and ``everyone``."""
        self.control.text("POST", "people", {"count": count})

    def resources(self, kind: str | None = None, application: str | None = None) -> list[Resource]:
        """The resources of an application as a client would read them: all, or those of a type such as ``"User"``."""
        found: list[Resource] = self.control.json("GET", "data" + _named(application))["Resources"]
        return [one for one in found if kind is None or one.get("meta", {}).get("resourceType") == kind]

    def accounts(self, application: str | None = None) -> list[Resource]:
        """What the service behind an application holds. Without such a service these are the resources themselves."""
        name = self.applications[0].name if application is None else application
        accounts: list[Resource] = self.control.json("GET", f"applications/{quote(name, safe='')}/accounts")["accounts"]
        return accounts

    def journal(self, method: str | None = None, status: int | None = None) -> list[Exchange]:
        """What was exchanged since the start or the last reset: all, or what has this method or status."""
        lines = self.control.text("GET", "journal").splitlines()
        exchanges = [journal.exchange(json.loads(line)) for line in lines]
        return [one for one in exchanges if method in (None, one.method) and status in (None, one.status)]

    def clear_journal(self) -> None:
        """Forgets what was exchanged."""
        self.control.text("DELETE", "journal")

    def advance(self, time: timedelta) -> None:
        """Moves the clock forward: tokens and cursors expire, delayed answers arrive. A reset does not move it back."""
        self.control.text("POST", "clock", {"advance": f"{time.total_seconds():.0f} s"})

    def save(self, name: str) -> None:
        """Saves the resources and accounts under a name."""
        self.control.text("PUT", f"snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Returns to what was saved under a name."""
        self.control.text("POST", f"snapshots/{quote(name, safe='')}")

    @property
    def is_running(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_running

    def stop(self) -> None:
        """Ends the process."""
        self._process.stop()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Endpoint {self.target} at {self.url}>"


def start(
    target: str = "rfc",
    *,
    deviations: Iterable[str] = (),
    people: int = 0,
    arguments: Sequence[str] = (),
    binary: PathLike | None = None,
    ca_file: str | None = None,
    timeout: float = 60.0,
) -> Endpoint:
    """Starts an endpoint on a free port of the loopback address, and returns when it answers.

    ``target`` is a target or a target file, ``deviations`` are those to begin with, ``people`` is how many invented people
    the first application begins with, and ``arguments`` are further flags of ``weir serve``. ``ca_file`` verifies an
    endpoint that was given a certificate. ``timeout`` is in seconds.
    """
    flags = ["--target", target, "--seed-people", str(people)]
    for deviation in deviations:
        flags += ["--deviate", deviation]
    return Endpoint(Process(find(binary), [*flags, *arguments], timeout), ca_file)


def _application(entry: Mapping[str, Any]) -> Application:
    return Application(
        name=entry["name"],
        tenant=entry["tenant"],
        urls=tuple(entry["urls"]),
        token=entry["bearer"],
        basic=_pair(entry["basic"]),
        oauth=_pair(entry["oauth"]),
        reader=entry["reader"],
    )


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    user, _, secret = text.partition(":")
    return user, secret


def _named(application: str | None) -> str:
    return "" if application is None else f"?application={quote(application, safe='')}"
