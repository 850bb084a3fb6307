"""The WSGI application that a web server runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# Before anything connects, and for every thread: they share these settings.
_database = connections.settings["default"]
if _database["ENGINE"] == "django.db.backends.postgresql":
    _database["OPTIONS"].setdefault("options", settings.PAGES_DATABASE_LIMITS)
