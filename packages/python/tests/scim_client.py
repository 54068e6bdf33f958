"""The smallest client that the tests need."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from weir_scim import Endpoint

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def send(endpoint: Endpoint, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status and the JSON of the answer."""
    headers = endpoint.headers | {"Content-Type": "application/scim+json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(endpoint.url + path, data, headers, method=method)
    try:
        with OPENER.open(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())


def create(endpoint: Endpoint, user_name: str) -> tuple[int, Any]:
    """Creates a user."""
    return send(endpoint, "POST", "/Users", {"schemas": [USER], "userName": user_name})
