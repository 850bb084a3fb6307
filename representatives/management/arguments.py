"""What several commands read from their command lines."""

import argparse
import datetime


def day(text: str) -> datetime.date:
    """Read a day; raises what argparse expects."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no day; write it as in 2026-06-27"
        raise argparse.ArgumentTypeError(message) from error
