"""Requests to the control API of an endpoint."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from .errors import ControlRefused

TIMEOUT = 60.0
"""Seconds. A million invented people take a few."""


class Control:
    """The control API at a URL that ends with ``/_weir/``."""

    def __init__(self, url: str, token: str, ca_file: str | None = None) -> None:
        self.url = url
        self._token = token
        # A proxy of the environment does not reach the loopback address of this machine.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if ca_file is not None:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)))
        self._opener = urllib.request.build_opener(*handlers)

    def text(self, method: str, path: str, body: Any = None) -> str:
        """Sends a request; the answer's body."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                detail = _detail(refused.read().decode(errors="replace"))
            raise ControlRefused(f"{method} {path}: {detail} (HTTP status {refused.code})", refused.code) from None

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """Sends a request; the answer's JSON."""
        return json.loads(self.text(method, path, body))


def _detail(body: str) -> str:
    """The ``detail`` of a SCIM Error, or the body as it is."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return body
