"""What an endpoint was sent, and what it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Exchange:
    """One request with its answer. Credentials and passwords are masked."""

    number: int
    """Counts the requests since the start, from 1."""
    method: str
    target: str
    """Path and query, as they were sent."""
    status: int
    """The HTTP status of the answer."""
    application: str | None
    """The application that was addressed, if the path led to one."""
    delivery: str
    """``sent``, or how a deviation kept the answer from the client."""
    deviations: tuple[str, ...]
    """The deviations that acted on it."""
    request_headers: Mapping[str, str]
    """By name in small letters."""
    request_body: str | None
    answer_headers: Mapping[str, str]
    answer_body: str | None
    record: Mapping[str, Any]
    """The line of the journal that all of this is from."""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; the last one of a name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def request_json(self) -> Any:
        """The body of the request; ``None`` without one."""
        return None if not self.request_body else json.loads(self.request_body)

    @property
    def answer_json(self) -> Any:
        """The body of the answer; ``None`` without one."""
        return None if not self.answer_body else json.loads(self.answer_body)

    def __str__(self) -> str:
        lost = "" if self.delivery == "sent" else f", {self.delivery}"
        return f"{self.method} {self.target} -> {self.status}{lost}"


def exchange(record: Mapping[str, Any]) -> Exchange:
    """An exchange from its line of the journal."""
    request, answer = record["request"], record["answer"]
    return Exchange(
        number=record["number"],
        method=request["method"],
        target=request["target"],
        status=answer["status"],
        application=record.get("application"),
        delivery=record["delivery"],
        deviations=tuple(record["deviations"]),
        request_headers=_headers(request),
        request_body=request.get("body"),
        answer_headers=_headers(answer),
        answer_body=answer.get("body"),
        record=record,
    )


def _headers(side: Mapping[str, Any]) -> dict[str, str]:
    return {header["name"].lower(): header["value"] for header in side.get("headers", ())}
