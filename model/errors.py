"""Every error that Parley raises on purpose.

ParleyError                 something a user can understand and mend
├── InputError              the data given is wrong (a row, a file, a request)
│   ├── RowError            one row is wrong; the others can go on
│   ├── ConflictError       the request says otherwise than an earlier one under the same key
│   └── LimitError          the data given is larger than what is allowed
├── BundleError             a model bundle is missing, damaged or of another version
├── CheckError              a trained model failed a check and was not written
├── MissingExtraError       an optional part of Parley is not installed
├── StoreError              the database of labels cannot be used
└── BusyError               something is being done that only one may do, or too much at once
"""


class ParleyError(Exception):
    """Base of all: owns the exit code of the command line and the status of the HTTP service."""

    exit_code = 1
    status = 500
    title = "Parley failed"


class InputError(ParleyError):
    exit_code = 2
    status = 422
    title = "The input is not valid"


class RowError(InputError):
    """One row of the input is wrong: `field` says where, `reason` what would be right."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ConflictError(InputError):
    status = 409
    title = "The request conflicts with an earlier one"


class LimitError(InputError):
    status = 413
    title = "The input is too large"


class BundleError(ParleyError):
    exit_code = 4
    status = 503
    title = "The model cannot be used"


class CheckError(ParleyError):
    exit_code = 5
    title = "The trained model failed a check"


class MissingExtraError(ParleyError):
    exit_code = 6
    title = "A part of Parley is not installed"

    def __init__(self, command: str, extra: str) -> None:
        super().__init__(f"{command} needs more packages: pip install 'parley[{extra}]'")


class StoreError(ParleyError):
    exit_code = 7
    status = 503
    title = "The database cannot be used"


class BusyError(ParleyError):
    status = 429
    title = "Too many requests at once"
    retry_after_seconds = 1
