"""Errors a user can act on.

GaitError
├── ConfigError   (ValueError)     an experiment file or an argument is wrong
├── FileError     (ValueError)     a data file cannot be read as what it claims to be
├── ModelError    (ValueError)     a model uses what the compiler cannot express
├── MotionError   (ValueError)     a motion does not fit its model
├── ResultError   (ValueError)     a result file is not one this program reads
└── SolveError    (RuntimeError)   the numbers did not converge

Every message is one line: where (file, key, column, time), what was found, what was expected,
what to try.
"""


class GaitError(Exception):
    """Root of every error this package raises on purpose."""


class ConfigError(GaitError, ValueError):
    """An experiment file or an argument cannot be used as written."""


class FileError(GaitError, ValueError):
    """A data file cannot be read as what it claims to be."""


class ModelError(GaitError, ValueError):
    """A model uses what the compiler cannot express."""


class MotionError(GaitError, ValueError):
    """A motion does not fit its model."""


class ResultError(GaitError, ValueError):
    """A result file is not one this program reads."""


class SolveError(GaitError, RuntimeError):
    """A solver stopped before reaching its tolerance."""
