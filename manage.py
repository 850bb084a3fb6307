#!/usr/bin/env python
"""Runs Postbag's management commands."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from config.env import SettingError


def main() -> None:
    """Run the command, or say in a sentence which setting stops it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        # The first look at any setting reads the settings module.
        settings.DEBUG  # noqa: B018
    except SettingError as error:
        sys.exit(f"Postbag does not start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
