"""The errors a person can meet, as one tree.

SmoothxError                 exit  what it means
+-- UsageError                2    the command line asks for something that is not there
+-- ConfigurationError        2    a settings, profile, mapping, theme or scenario file is wrong
+-- ConnectionFailed          3    Procore or Xero cannot be reached; try again later
+-- SignInNeeded              4    the stored sign-in is not accepted any more
+-- ServiceError              1    Procore or Xero refused a request
+-- LedgerError               2    the ledger cannot be used as it is
    +-- LedgerUnreachable     3    its server cannot be reached; try again later

Each carries `message` (what and where) and `hint` (what to do next); neither ever holds a secret. Text that came
from outside has been through `clean()` before it gets here.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Process exit codes; 128 + n is used for signals."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    NO_CONNECTION = 3
    SIGN_IN = 4
    HAS_CHANGES = 10
    INTERNAL = 70


class SmoothxError(Exception):
    """Base of every error that is shown as one line and not as a traceback."""

    exit_code: Exit = Exit.SOME_FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def line(self) -> str:
        """The one line that a person sees."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(SmoothxError):
    exit_code = Exit.USAGE


class ConfigurationError(SmoothxError):
    exit_code = Exit.USAGE


class LedgerError(SmoothxError):
    exit_code = Exit.USAGE


class LedgerUnreachable(LedgerError):  # noqa: N818 - reads as what is the case
    exit_code = Exit.NO_CONNECTION


class ConnectionFailed(SmoothxError):  # noqa: N818 - reads as what happened
    exit_code = Exit.NO_CONNECTION


class SignInNeeded(SmoothxError):  # noqa: N818 - reads as what is needed
    exit_code = Exit.SIGN_IN


class ServiceError(SmoothxError):
    """A service answered, and the answer is a refusal. `status` is the HTTP status, `request_id` the service's own."""

    def __init__(self, message: str, hint: str = "", *, status: int = 0, request_id: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.request_id = request_id
