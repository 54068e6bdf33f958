"""What can go wrong between a test and Weir."""

from __future__ import annotations


class WeirError(Exception):
    """The base of this package's exceptions."""


class BinaryNotFound(WeirError):
    """There is no ``weir`` to run."""


class StartFailed(WeirError):
    """``weir serve`` ended, or said nothing, before it was ready."""


class CheckFailed(WeirError):
    """``weir check`` could not be done: wrong usage, or an endpoint that cannot be reached. Findings are not an error."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        """The exit status of ``weir check``: 2, 3, or 130 if it was ended."""


class ControlRefused(WeirError):
    """The control API refused a request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
