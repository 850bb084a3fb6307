"""The project's own settings, in demo mode, with everything it writes out of the way.

DATABASE_URL chooses the database as ever: SQLite without it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="postbag-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["POSTBAG_VAR"] = _folder
os.environ["DELIVERY"] = "demo"
os.environ["SECRET_KEY"] = "for the tests only, long enough for Django's own check"
for _name in (
    *(
        "MAIL_URL",
        "ANYMAIL_BACKEND",
        "SENDER_ADDRESS",
        "SITE_URL",
        "ALLOWED_HOSTS",
        "DEBUG",
    ),
    *("LIVE_LOOKUP", "MEMBERS_API_URL", "POSTCODES_IO_URL"),
    *("THEYWORKFORYOU_URL", "THEYWORKFORYOU_KEY"),
    *("BACKUPS_DIR", "BACKUPS_KEPT_DAYS"),
):
    os.environ.pop(_name, None)

from config.settings import *

# A file, as in real life: threads and programs that a test starts find it.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": Path(_folder) / "tests.sqlite3"}
else:
    # Where the server was set up without a locale its own default is SQL_ASCII.
    DATABASES["default"]["TEST"] = {"CHARSET": "UTF8", "TEMPLATE": "template0"}

# A thread of a live server lasts as long as the browser's connection to it; with a
# lasting connection of its own to the database, that could not be dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0

# The shipped members age while the tests stay as they are; those of the waiting say 45.
MEMBERS_OLD_AFTER_DAYS = 100_000

# The tests' letters go at once; those of the pace say how many may.
LETTERS_PER_MP_PER_HOUR = LETTERS_PER_MP_PER_HOUR_OTHERWISE = 1_000_000
LETTERS_PER_HOUR = LETTERS_PER_HOUR_OTHERWISE = 0

# The slowness of the real ones protects people's passwords; here there are none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Straight from where the files are written; serving them collected and hashed is
# tested with a whole server in tests/actions/test_serve.py.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
# And looked for when they are asked for: otherwise every test's client looks through
# all of them first, which took a fifth of the tests' time.
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir()
