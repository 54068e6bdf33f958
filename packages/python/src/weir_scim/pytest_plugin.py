"""The pytest plugin: ``weir``, ``weir_session``, ``weir_start`` and ``weir_check``, and the marker ``weir``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from typing import Any, Protocol

import pytest

from .check import Report, check
from .endpoint import Endpoint, start

MOST_EXCHANGES = 20
"""How many exchanges a failed test shows, the last ones."""

MARKER = """\
weir(deviations=(), people=0, data=(), target=None, arguments=()): what the fixture `weir` begins with. A target or \
arguments of its own start an endpoint of its own."""


class Starter(Protocol):
    """Starts an endpoint that ends with the test; takes what ``weir_scim.start`` takes."""

    def __call__(self, target: str = "rfc", **options: Any) -> Endpoint: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("weir", "SCIM endpoints of Weir")
    group.addoption(
        "--weir-binary",
        metavar="FILE",
        help="the weir to run; else WEIR_BINARY, that of the wheel, or that on the path",
    )
    group.addoption("--weir-target", metavar="NAME|FILE", help="the target of the fixtures weir and weir_session")
    parser.addini("weir_binary", "as --weir-binary")
    parser.addini("weir_target", "as --weir-target", default="rfc")
    parser.addini("weir_arguments", "further flags of `weir serve`", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Shows with a failed test what its endpoint was sent."""
    outcome = yield
    report = outcome.get_result()
    endpoint = getattr(item, "funcargs", {}).get("weir")
    if report.when == "call" and report.failed and isinstance(endpoint, Endpoint) and endpoint.is_running:
        exchanges = endpoint.journal()
        left_out = [f"… {len(exchanges) - MOST_EXCHANGES} before"] if len(exchanges) > MOST_EXCHANGES else []
        lines = [f"deviations: {', '.join(endpoint.deviations) or 'none'}", *left_out]
        report.sections.append(("SCIM exchanges", "\n".join([*lines, *map(str, exchanges[-MOST_EXCHANGES:])])))


def _option(config: pytest.Config, name: str) -> str | None:
    return config.getoption(name) or config.getini(name) or None


@pytest.fixture(scope="session")
def weir_session(pytestconfig: pytest.Config) -> Iterator[Endpoint]:
    """An endpoint for the whole session, which nothing resets but the fixture ``weir``."""
    with start(
        _option(pytestconfig, "weir_target") or "rfc",
        arguments=pytestconfig.getini("weir_arguments"),
        binary=_option(pytestconfig, "weir_binary"),
    ) as endpoint:
        yield endpoint


@pytest.fixture
def weir_start(pytestconfig: pytest.Config) -> Iterator[Starter]:
    """Starts endpoints of a test's own, which end with it."""
    endpoints: list[Endpoint] = []

    def begin(target: str = "rfc", **options: Any) -> Endpoint:
        endpoints.append(start(target, **{"binary": _option(pytestconfig, "weir_binary")} | options))
        return endpoints[-1]

    yield begin
    for endpoint in endpoints:
        endpoint.stop()


@pytest.fixture
def weir(request: pytest.FixtureRequest) -> Endpoint:
    """An endpoint as if it had just started: that of the session after a reset, with what the marker ``weir`` asks for."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("weir"))):
        options |= _marked(**marker.kwargs)
    endpoint = _fresh(request, options)
    if options.get("deviations"):
        endpoint.set_deviations([*endpoint.deviations, *options["deviations"]])
    if options.get("people"):
        endpoint.add_people(options["people"])
    if options.get("data"):
        endpoint.load(options["data"])
    return endpoint


def _marked(
    *,
    deviations: Iterable[str] | None = None,
    people: int | None = None,
    data: Iterable[dict[str, Any]] | None = None,
    target: str | None = None,
    arguments: Iterable[str] | str | None = None,
) -> dict[str, Any]:
    """What a marker asks for; its signature refuses what the fixture does not know."""
    if isinstance(arguments, str):
        arguments = shlex.split(arguments)
    asked = {"deviations": deviations, "people": people, "data": data, "target": target, "arguments": arguments}
    return {name: value for name, value in asked.items() if value is not None}


def _fresh(request: pytest.FixtureRequest, options: dict[str, Any]) -> Endpoint:
    if "target" in options or "arguments" in options:
        starter: Starter = request.getfixturevalue("weir_start")
        target = options.get("target") or _option(request.config, "weir_target") or "rfc"
        arguments = [*request.config.getini("weir_arguments"), *options.get("arguments", ())]
        return starter(target, arguments=arguments)
    endpoint: Endpoint = request.getfixturevalue("weir_session")
    endpoint.reset()
    return endpoint


@pytest.fixture(scope="session")
def weir_check(pytestconfig: pytest.Config) -> Callable[..., Report]:
    """``weir_scim.check`` with the binary of this session."""
    return partial(check, binary=_option(pytestconfig, "weir_binary"))
