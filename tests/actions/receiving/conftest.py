"""Nothing that comes in leaves an error in the log."""

from tests.actions.quiet import no_error_in_the_log

__all__ = ["no_error_in_the_log"]
