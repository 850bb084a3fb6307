"""A command of Postbag's at another time: ``python -m tests.later DAYS COMMAND``.

As a program of its own, with its environment: what it does and writes is what the
command does on that day.
"""

import datetime
import sys

from django.core.management import execute_from_command_line
from django.utils import timezone


def move_the_clock(days: float) -> None:
    """Have this process live so much later; before Django reads any model."""
    now, ahead = timezone.now, datetime.timedelta(days=days)
    timezone.now = lambda: now() + ahead


if __name__ == "__main__":
    move_the_clock(float(sys.argv[1]))
    execute_from_command_line(["manage.py", *sys.argv[2:]])
