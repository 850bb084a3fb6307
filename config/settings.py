"""Postbag's settings, varied by environment variables (README, "For real")."""

import contextlib
import re
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.http import is_same_domain

from actions import providers
from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
_SHORTEST_SECRET = 24
VAR_DIR = Path(env.text("POSTBAG_VAR", str(BASE_DIR / "var"))).absolute()
# It will hold people's letters.
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env.boolean("DEBUG")

# --- Delivery: nothing leaves the machine unless all of this is said -------------
DELIVERY_IS_LIVE = env.choice("DELIVERY", ("demo", "live"), "demo") == "live"
MAIL_SERVER = env.mail_server("MAIL_URL")
ANYMAIL: dict[str, Any] = {}
MAIL_PROVIDER = env.mail_provider("ANYMAIL_BACKEND")
SENDER_ADDRESS = env.mail_address("SENDER_ADDRESS", live=DELIVERY_IS_LIVE)
if DELIVERY_IS_LIVE:
    if MAIL_SERVER and MAIL_PROVIDER:
        message = (
            "MAIL_URL and ANYMAIL_BACKEND contradict each other: letters go out by one "
            "mail server or by one provider."
        )
        raise env.SettingError(message)
    for needed, what_for in (
        *(
            ()
            if MAIL_PROVIDER
            else (("MAIL_URL", "the mail server that takes the letters"),)
        ),
        ("SENDER_ADDRESS", "the address at your domain that letters come from"),
        ("SECRET_KEY", "a long random text that signs the links"),
        ("SITE_URL", "the site's own https address"),
        ("ALLOWED_HOSTS", "the host names the site answers to"),
        ("CONTROLLER_NAME", "who answers for people's data"),
        ("CONTROLLER_CONTACT", "the e-mail address for questions about data"),
    ):
        if not env.text(needed):
            message = f"DELIVERY=live also needs {needed}: {what_for}."
            raise env.SettingError(message)
    if DEBUG:
        message = "DELIVERY=live and DEBUG=1 contradict each other: unset DEBUG."
        raise env.SettingError(message)
elif MAIL_SERVER or MAIL_PROVIDER or SENDER_ADDRESS:
    message = (
        "MAIL_URL, ANYMAIL_BACKEND or SENDER_ADDRESS is set but DELIVERY is not live: "
        "set DELIVERY=live to send real letters, or unset them to try Postbag out."
    )
    raise env.SettingError(message)
SENDER_ADDRESS = SENDER_ADDRESS or "letters@postbag.invalid"
OUTBOX_DIR = VAR_DIR / "outbox"
EMAIL_BACKEND = (
    "actions.mail_server.Backend"
    if DELIVERY_IS_LIVE
    else "actions.outbox.OutboxBackend"
)
if MAIL_SERVER:
    EMAIL_HOST = MAIL_SERVER.host
    EMAIL_PORT = MAIL_SERVER.port
    EMAIL_HOST_USER = MAIL_SERVER.user
    EMAIL_HOST_PASSWORD = MAIL_SERVER.password
    EMAIL_USE_TLS = MAIL_SERVER.starttls
    EMAIL_USE_SSL = MAIL_SERVER.tls
EMAIL_TIMEOUT = env.number("MAIL_TIMEOUT_SECONDS", 30, least=1)
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    ANYMAIL |= {
        # Not every provider knows an envelope sender, and none may be refused for it.
        "IGNORE_UNSUPPORTED_FEATURES": True,
        # A letter holds no pictures that tell who reads it, and its links stay links.
        "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
        **env.settings_of("ANYMAIL_", "ANYMAIL_BACKEND"),
        # The one provider that is not asked by requests, whose time Django's mail
        # sets: boto3 would wait for minutes, longer than a worker holds a mail.
        "AMAZON_SES_CLIENT_PARAMS": {
            "config": {
                "connect_timeout": EMAIL_TIMEOUT,
                "read_timeout": EMAIL_TIMEOUT,
                "retries": {"total_max_attempts": 1},
            }
        },
    }
DEFAULT_FROM_EMAIL = SENDER_ADDRESS

# --- Who runs this place ----------------------------------------------------------
CONTROLLER_NAME = env.text("CONTROLLER_NAME")
CONTROLLER_CONTACT = env.mail_address("CONTROLLER_CONTACT", live=DELIVERY_IS_LIVE)
SITE_URL = env.web_address("SITE_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}")
IS_HTTPS = SITE_URL.startswith("https://")
if DELIVERY_IS_LIVE and not IS_HTTPS:
    message = "DELIVERY=live needs an https SITE_URL: letters are personal."
    raise env.SettingError(message)

# --- What people were promised ----------------------------------------------------
CONFIRM_WITHIN_DAYS = env.number("CONFIRM_WITHIN_DAYS", 7, least=1)
ERASE_AFTER_DAYS = env.number("ERASE_AFTER_DAYS", 28, least=1)
# Of what names nobody: how long after the last letter of a campaign that has closed.
CAMPAIGNS_KEPT_DAYS = env.number(
    "CAMPAIGNS_KEPT_DAYS", max(365, ERASE_AFTER_DAYS), least=ERASE_AFTER_DAYS
)
BACKUPS_KEPT_DAYS = env.number("BACKUPS_KEPT_DAYS", 14, least=1)
# Back-ups, and beside them what must be erased again after restoring one.
BACKUPS_DIR = Path(env.text("BACKUPS_DIR", str(VAR_DIR / "backups"))).absolute()
# When writers are asked whether there was an answer, and once more; 0: not at all.
ASK_AFTER_DAYS = env.number("ASK_AFTER_DAYS", 14)
ASK_AGAIN_AFTER_DAYS = env.number("ASK_AGAIN_AFTER_DAYS", 7)
if ASK_AFTER_DAYS >= ERASE_AFTER_DAYS:
    message = (
        f"ASK_AFTER_DAYS ({ASK_AFTER_DAYS}) must be smaller than ERASE_AFTER_DAYS "
        f"({ERASE_AFTER_DAYS}), when the address to ask at is erased: set it lower, or "
        "to 0 to ask nobody."
    )
    raise env.SettingError(message)
if ASK_AFTER_DAYS and ASK_AFTER_DAYS + ASK_AGAIN_AFTER_DAYS >= ERASE_AFTER_DAYS:
    message = (
        f"ASK_AGAIN_AFTER_DAYS ({ASK_AGAIN_AFTER_DAYS}) is counted from ASK_AFTER_DAYS "
        f"({ASK_AFTER_DAYS}); together they must be smaller than ERASE_AFTER_DAYS "
        f"({ERASE_AFTER_DAYS}), when the address to ask at is erased: set it lower, or "
        "to 0 to ask nobody twice."
    )
    raise env.SettingError(message)

# --- Limits -----------------------------------------------------------------------
# Reads: approximate, counted in each process. What writes or mails: exact, counted in
# the database, so generous that a hall of people behind one address can all write.
READS_PER_MINUTE = env.number("READS_PER_MINUTE", 600, least=1)
LETTERS_PER_ADDRESS_PER_HOUR = env.number("LETTERS_PER_ADDRESS_PER_HOUR", 300, least=1)
LETTERS_PER_MAILBOX_PER_DAY = env.number("LETTERS_PER_MAILBOX_PER_DAY", 6, least=1)
DEEDS_PER_ADDRESS_PER_HOUR = env.number("DEEDS_PER_ADDRESS_PER_HOUR", 1200, least=1)
SIGN_INS_PER_ADDRESS_PER_HOUR = env.number("SIGN_INS_PER_ADDRESS_PER_HOUR", 30, least=1)
LARGEST_REQUEST_BYTES = env.number("LARGEST_REQUEST_BYTES", 1_000_000, least=10_000)
# Of mail that comes in: larger ones are refused (a file of 20 MB takes 27 in a mail);
# files with an answer are passed on until they have this many bytes together.
LARGEST_INCOMING_BYTES = env.number("LARGEST_INCOMING_BYTES", 35_000_000, least=100_000)
LARGEST_PASSED_ON_BYTES = env.number("LARGEST_PASSED_ON_BYTES", 10_000_000)
# Of what a provider tells at a time; SparkPost sends so much.
LARGEST_EVENTS_BYTES = env.number("LARGEST_EVENTS_BYTES", 10_000_000, least=100_000)
# A letter sent sooner after its page was made than a person can read is a robot's.
LEAST_SECONDS_TO_READ = env.number("LEAST_SECONDS_TO_READ", 2)
# How many letters go out in an hour, by however many workers: to one MP from Monday to
# Friday, 8 to 18 in London, and otherwise (0: none then); and to all (0: any number, at
# any time), and otherwise (0: none then).
_MOST_LETTERS = 1_000_000
LETTERS_PER_MP_PER_HOUR = env.number(
    "LETTERS_PER_MP_PER_HOUR", 30, least=1, most=_MOST_LETTERS
)
LETTERS_PER_MP_PER_HOUR_OTHERWISE = env.number(
    "LETTERS_PER_MP_PER_HOUR_OTHERWISE", 6, most=_MOST_LETTERS
)
LETTERS_PER_HOUR = env.number("LETTERS_PER_HOUR", 3000, most=_MOST_LETTERS)
LETTERS_PER_HOUR_OTHERWISE = env.number(
    "LETTERS_PER_HOUR_OTHERWISE", LETTERS_PER_HOUR, most=_MOST_LETTERS
)
if LETTERS_PER_HOUR_OTHERWISE and not LETTERS_PER_HOUR:
    message = (
        f"LETTERS_PER_HOUR_OTHERWISE ({LETTERS_PER_HOUR_OTHERWISE}) needs a "
        "LETTERS_PER_HOUR other than 0, with which any number may go at any time."
    )
    raise env.SettingError(message)
# How many proxies of our own stand in front and append to X-Forwarded-For.
PROXY_COUNT = env.number("PROXY_COUNT", 0)
if DELIVERY_IS_LIVE and not PROXY_COUNT:
    # Every request would look like plain http, and be redirected to https for ever.
    message = (
        "DELIVERY=live also needs PROXY_COUNT=1 (or more): the web server speaks plain "
        "http, so a proxy of your own must stand in front and speak the https of "
        "SITE_URL."
    )
    raise env.SettingError(message)

# --- Webhooks ---------------------------------------------------------------------
# Who hands mail over, and who tells what became of ours: the provider that takes it.
# Each is proved by the "user:password" in its address, by the key of its signature, or
# by both.
INCOMING_WEBHOOK = env.choice(
    "INCOMING_WEBHOOK", ("none", *providers.BRING_MAIL), "none"
)
INCOMING_WEBHOOK_KEY = env.text("INCOMING_WEBHOOK_KEY")
_webhook_secrets = {
    name: env.text(name)
    for name in ("ANYMAIL_WEBHOOK_SECRET", "INCOMING_WEBHOOK_SECRET")
}
for _name, _secret in _webhook_secrets.items():
    if _secret and (len(_secret) < _SHORTEST_SECRET or ":" not in _secret):
        message = (
            f"{_name} must be a name, a colon and a long random password, "
            f"{_SHORTEST_SECRET} characters at least."
        )
        raise env.SettingError(message)
# Either opens both addresses.
ANYMAIL["WEBHOOK_SECRET"] = [one for one in _webhook_secrets.values() if one]
if INCOMING_WEBHOOK != "none":
    _bringer = providers.PROVIDERS[INCOMING_WEBHOOK]
    # Also where there is a signature, which is checked once all of a mail is read.
    if not ANYMAIL["WEBHOOK_SECRET"]:
        message = (
            f"INCOMING_WEBHOOK={INCOMING_WEBHOOK} also needs INCOMING_WEBHOOK_SECRET: "
            "a name, a colon and a long random password, which stand in the address."
        )
        raise env.SettingError(message)
    if _bringer.key_of_mail and not (
        INCOMING_WEBHOOK_KEY or ANYMAIL.get(_bringer.key_of_mail)
    ):
        message = (
            f"INCOMING_WEBHOOK={INCOMING_WEBHOOK} also needs INCOMING_WEBHOOK_KEY: the "
            f"key of its signature, ANYMAIL_{_bringer.key_of_mail} in Anymail's words."
        )
        raise env.SettingError(message)
EVENTS_WEBHOOK = providers.who_tells(MAIL_PROVIDER, ANYMAIL)
# A provider that nobody listens to leaves it open whether a letter came back. Whether
# that is heard of in fact shows day by day (actions/hearing.py).
RETURNS_CAN_BE_HEARD = not MAIL_PROVIDER or bool(EVENTS_WEBHOOK)
# A form may write each byte as three.
DATA_UPLOAD_MAX_MEMORY_SIZE = max(
    LARGEST_REQUEST_BYTES,
    3 * LARGEST_INCOMING_BYTES if INCOMING_WEBHOOK != "none" else 0,
    LARGEST_EVENTS_BYTES if EVENTS_WEBHOOK else 0,
)

# --- Other people's services ------------------------------------------------------
# Which are asked, in this order, for a postcode that our own register lacks.
LIVE_LOOKUP = env.choices("LIVE_LOOKUP", ("parliament", "postcodes.io"))
_ORIGIN = "the address of a server without a path, such as "
MEMBERS_API_URL = env.web_address(
    "MEMBERS_API_URL", "https://members-api.parliament.uk", _ORIGIN
)
POSTCODES_IO_URL = env.web_address(
    "POSTCODES_IO_URL", "https://api.postcodes.io", _ORIGIN
)
# A second source for the members, asked by hand; it wants a key, which nothing tells.
THEYWORKFORYOU_URL = env.web_address(
    "THEYWORKFORYOU_URL", "https://www.theyworkforyou.com", _ORIGIN
)
THEYWORKFORYOU_KEY = env.text("THEYWORKFORYOU_KEY")

# The members are read once a day by the worker; a trial asks nobody for anything.
SYNC_MEMBERS = env.boolean("SYNC_MEMBERS", default=DELIVERY_IS_LIVE)
# Real letters wait while the members are older than that.
MEMBERS_OLD_AFTER_DAYS = env.number("MEMBERS_OLD_AFTER_DAYS", 45, least=1)

# --- Security ---------------------------------------------------------------------
SECRET_KEY_LEAST = 50
_TRIAL_KEY = "secret_key"


def _own_secret_key() -> str:
    """The key kept in ``var/``, made at the first start: for trying Postbag out."""
    place = VAR_DIR / _TRIAL_KEY
    if not place.exists():
        made = VAR_DIR / f"{_TRIAL_KEY}.{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(50))
        # Of two processes that start at once, one key must win, whole.
        with contextlib.suppress(FileExistsError):
            place.hardlink_to(made)
        made.unlink()
    return place.read_text()


def _is_a_trials(key: str) -> bool:
    """Whether it was made for trying Postbag out, in this folder or the checkout's."""
    for folder in (VAR_DIR, BASE_DIR / "var"):
        # Most often there is none; another user's is not for us to read.
        with contextlib.suppress(OSError):
            if (folder / _TRIAL_KEY).read_text() == key:
                return True
    return False


SECRET_KEY = env.text("SECRET_KEY") or _own_secret_key()
if DELIVERY_IS_LIVE and len(SECRET_KEY) < SECRET_KEY_LEAST:
    message = (
        f"SECRET_KEY must have at least {SECRET_KEY_LEAST} random characters: whoever "
        "guesses it opens every letter. The README says how to make one."
    )
    raise env.SettingError(message)
if DELIVERY_IS_LIVE and _is_a_trials(SECRET_KEY):
    message = (
        "SECRET_KEY is the one that was made for trying Postbag out: make another for "
        "real letters. The README says how."
    )
    raise env.SettingError(message)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
# Without the port, as Django compares it.
_site_host = re.sub(r":\d+$", "", SITE_URL.partition("://")[2]).lower()
if DELIVERY_IS_LIVE and not any(
    pattern == "*" or is_same_domain(_site_host, pattern) for pattern in ALLOWED_HOSTS
):
    # Every link in a mail would be answered with an error.
    message = f"ALLOWED_HOSTS must name {_site_host}, the host of SITE_URL."
    raise env.SettingError(message)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if IS_HTTPS and PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_FAILURE_VIEW = "actions.views.faults.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Wiring -----------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.PostbagAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "representatives",
    "actions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.content_security_policy",
    "actions.languages.speak",
    "config.middleware.refuse_large_requests",
    "config.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.Accounts",
    "config.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "config.jinja.environment"},
    },
    {
        # The admin is written in Django's own template language.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],  # for admin/ alone
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]


def _database() -> dict[str, Any]:
    """SQLite in ``var/`` or what ``DATABASE_URL`` names."""
    database = env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a transaction that reads first and writes later would otherwise
        # fail with "database is locked". FULL: a confirmed letter survives a power cut.
        # secure_delete: what is erased is overwritten, however SQLite was built.
        database["CONN_MAX_AGE"] = None
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA secure_delete=ON;"
            ),
        }
    else:
        database["CONN_MAX_AGE"] = 600
        database["CONN_HEALTH_CHECKS"] = True
        # A server that does not answer, or whose network went without a word, is given
        # up within half a minute or a whole one, and not after the operating system's
        # two hours: everybody else would wait behind. What stands in the URL counts.
        database["OPTIONS"] = {
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        } | database.get("OPTIONS", {})
    return database


DATABASES = {"default": _database()}
# Of the web server alone (config/wsgi.py), in milliseconds, in words of PostgreSQL: for
# longer nobody waits for a page, and locks are kept from workers by no page. Loading
# registers and sending letters take as long as they take.
PAGES_DATABASE_LIMITS = (
    "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
)
# Processes of the web server that `manage.py serve` starts.
WEB_WORKERS = env.number("WEB_WORKERS", 1, least=1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.HashedStorage"},
}

# The languages of the pages, each by the name that its readers give it. Letters to MPs
# are written in English or Welsh (docs/decisions/0014-languages.md).
LANGUAGE_CODE = "en-gb"
LANGUAGES = [
    ("en-gb", "English"),
    ("cy", "Cymraeg"),
    ("tr", "Türkçe"),
    ("ug", "ئۇيغۇرچە"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
TIME_ZONE = "Europe/London"
USE_I18N = USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["representatives.throttling.ReadsThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "representatives.problems.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Postbag",
    "DESCRIPTION": "Who speaks for a postcode, and how many people have written.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
}

# Paths of letters and updates hold the token that opens them, and texts of faults
# people's data: no log line repeats either.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "config.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # What people mistype is no fault of the site's and nobody's to read.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # These tell which characters a letter is made of.
        "fontTools": {"handlers": [], "level": "WARNING", "propagate": True},
        "fpdf": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
