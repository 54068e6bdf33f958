"""Weir for Python: a SCIM 2.0 endpoint for tests of clients, and the checks of an endpoint.

``start`` runs ``weir serve`` on a free port and gives an ``Endpoint``; ``check`` runs ``weir check`` and gives a
``Report``. The pytest plugin has both as fixtures: ``weir``, ``weir_session``, ``weir_start`` and ``weir_check``.
"""

from .binary import find
from .check import Cause, Finding, Level, Problem, Report, Verdict, check
from .endpoint import Application, Endpoint, start
from .errors import BinaryNotFound, CheckFailed, ControlRefused, StartFailed, WeirError
from .journal import Exchange

__all__ = [
    "Application",
    "BinaryNotFound",
    "Cause",
    "CheckFailed",
    "ControlRefused",
    "Endpoint",
    "Exchange",
    "Finding",
    "Level",
    "Problem",
    "Report",
    "StartFailed",
    "Verdict",
    "WeirError",
    "check",
    "find",
    "start",
]
