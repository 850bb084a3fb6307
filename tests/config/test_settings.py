"""What stops the start, and with which sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import headers
from config import env

# Each starts a process of its own.
pytestmark = pytest.mark.slow

LIVE = {
    "DELIVERY": "live",
    "MAIL_URL": "smtp+starttls://postbag:secret@mail.example:587",
    "SENDER_ADDRESS": "letters@postbag.example",
    "SECRET_KEY": "a long random text that nobody guesses, fifty characters",
    "SITE_URL": "https://postbag.example",
    "ALLOWED_HOSTS": "postbag.example",
    "PROXY_COUNT": "1",
    "CONTROLLER_NAME": "The Postbag Society",
    "CONTROLLER_CONTACT": "privacy@postbag.example",
}


def start(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start with these variables alone and print two settings."""
    shown = (
        "from django.conf import settings as s;"
        "print(s.DELIVERY_IS_LIVE, s.EMAIL_BACKEND)"
    )
    return run(folder, shown, **variables)


def run(folder: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start with these variables alone and run a piece of code."""
    environment = {"PATH": os.environ["PATH"], "POSTBAG_VAR": str(folder)}
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_any_setting_nothing_leaves_the_machine(tmp_path: Path) -> None:
    started = start(tmp_path)
    assert started.stdout.split() == ["False", "actions.outbox.OutboxBackend"]


def test_no_other_service_is_asked_unless_it_is_named(tmp_path: Path) -> None:
    shown = "from django.conf import settings as s; print(s.LIVE_LOOKUP)"
    assert run(tmp_path, shown).stdout.strip() == "()"
    named = run(tmp_path, shown, LIVE_LOOKUP="Postcodes.io, parliament,")
    assert named.stdout.strip() == "('postcodes.io', 'parliament')"


def test_real_delivery_starts_when_everything_is_said(tmp_path: Path) -> None:
    started = start(tmp_path, **LIVE)
    assert started.stdout.split() == [
        "True",
        "actions.mail_server.Backend",
    ]


def test_a_provider_takes_the_mail_servers_place(tmp_path: Path) -> None:
    said = {name: value for name, value in LIVE.items() if name != "MAIL_URL"}
    shown = (
        "from django.core.mail import get_connection as g; c = g(); "
        "print(c.esp_name, c.api_key, c.sender_domain, c.ignore_unsupported_features, "
        "c.send_defaults)"
    )
    started = run(
        tmp_path,
        shown,
        **said,
        ANYMAIL_BACKEND="Mailgun",
        ANYMAIL_MAILGUN_API_KEY="key-1",
        ANYMAIL_MAILGUN_SENDER_DOMAIN="letters.example",
    )
    assert started.stdout.strip() == (
        "Mailgun key-1 letters.example True "
        "{'track_opens': False, 'track_clicks': False}"
    ), started.stderr


def test_a_provider_is_waited_for_as_long_as_a_mail_server(tmp_path: Path) -> None:
    said = {name: value for name, value in LIVE.items() if name != "MAIL_URL"}
    shown = (
        "from django.conf import settings as s; "
        "c = s.ANYMAIL['AMAZON_SES_CLIENT_PARAMS']['config']; "
        "print(c['connect_timeout'], c['read_timeout'], c['retries'])"
    )
    started = run(
        tmp_path,
        shown,
        **said,
        ANYMAIL_BACKEND="mailgun",
        ANYMAIL_MAILGUN_API_KEY="key-1",
        MAIL_TIMEOUT_SECONDS="7",
    )
    told = "7 7 {'total_max_attempts': 1}"
    assert started.stdout.strip() == told, started.stderr


@pytest.mark.parametrize("missing", [name for name in LIVE if name != "DELIVERY"])
def test_what_real_delivery_lacks_is_named(tmp_path: Path, missing: str) -> None:
    said = {name: value for name, value in LIVE.items() if name != missing}
    started = start(tmp_path, **said)
    assert started.returncode == 1
    assert f"DELIVERY=live also needs {missing}" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DELIVERY": "maybe"}, "DELIVERY must be demo or live"),
        ({"LIVE_LOOKUP": "parliament,1066"}, "LIVE_LOOKUP must name parliament or"),
        ({"MEMBERS_API_URL": "parliament.uk"}, "MEMBERS_API_URL must be the address"),
        ({"THEYWORKFORYOU_URL": "their.example"}, "THEYWORKFORYOU_URL must be the"),
        ({"POSTCODES_IO_URL": "http://a/b"}, "POSTCODES_IO_URL must be the address"),
        ({"MAIL_URL": "smtp://mail.example"}, "DELIVERY is not live"),
        ({"SENDER_ADDRESS": "a@b.example"}, "DELIVERY is not live"),
        ({"ANYMAIL_BACKEND": "mailgun"}, "DELIVERY is not live"),
        ({**LIVE, "ANYMAIL_BACKEND": "mailgun"}, "MAIL_URL and ANYMAIL_BACKEND"),
        ({"ANYMAIL_BACKEND": "pigeon"}, "ANYMAIL_BACKEND must be one of amazon_ses,"),
        ({"ANYMAIL_BACKEND": "console"}, "ANYMAIL_BACKEND must be one of amazon_ses,"),
        ({"LETTERS_PER_MP_PER_HOUR": "0"}, "LETTERS_PER_MP_PER_HOUR must be a whole"),
        ({"LETTERS_PER_HOUR": "1000001"}, "LETTERS_PER_HOUR must be a whole number of"),
        ({"LETTERS_PER_HOUR_OTHERWISE": "-1"}, "LETTERS_PER_HOUR_OTHERWISE must be a"),
        (
            {"LETTERS_PER_HOUR": "0", "LETTERS_PER_HOUR_OTHERWISE": "5"},
            "needs a LETTERS_PER_HOUR other than 0",
        ),
        ({**LIVE, "DEBUG": "1"}, "contradict"),
        ({**LIVE, "SITE_URL": "http://postbag.example"}, "needs an https SITE_URL"),
        ({**LIVE, "SITE_URL": "postbag.example"}, "the site's own address"),
        ({**LIVE, "MAIL_URL": "imap://x:secret@mail.example"}, "must look like"),
        ({**LIVE, "MAIL_URL": "smtp://mail.example:none"}, "a port"),
        ({**LIVE, "SITE_URL": "https://www.postbag.example"}, "must name www.postbag"),
        ({**LIVE, "ALLOWED_HOSTS": "other.example"}, "must name postbag.example, the"),
        ({**LIVE, "PROXY_COUNT": "0"}, "also needs PROXY_COUNT=1 (or more)"),
        ({**LIVE, "SECRET_KEY": "x" * 49}, "SECRET_KEY must have at least 50 random"),
        ({**LIVE, "MAIL_URL": "smtp://user:p[a]secret@host"}, "must look like"),
        ({**LIVE, "SITE_URL": "https://[postbag"}, "the site's own address"),
        ({"READS_PER_MINUTE": "many"}, "READS_PER_MINUTE must be a whole number"),
        ({"PROXY_COUNT": "-1"}, "PROXY_COUNT must be a whole number"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"ASK_AFTER_DAYS": "28"}, "ASK_AFTER_DAYS (28) must be smaller than ERASE_AF"),
        ({"ERASE_AFTER_DAYS": "14"}, "set it lower, or to 0 to ask nobody."),
        ({"CAMPAIGNS_KEPT_DAYS": "27"}, "a whole number of at least 28, not"),
        ({"ASK_AGAIN_AFTER_DAYS": "14"}, "set it lower, or to 0 to ask nobody twice."),
    ],
)
def test_a_contradictory_or_malformed_setting_stops_the_start_with_a_sentence(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    started = start(tmp_path, **variables)
    assert started.returncode == 1
    assert sentence in started.stderr
    assert "Traceback" not in started.stderr
    assert "secret" not in started.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {"ERASE_AFTER_DAYS": "1", "ASK_AFTER_DAYS": "0"},
        {"ERASE_AFTER_DAYS": "20", "ASK_AGAIN_AFTER_DAYS": "0"},
    ],
)
def test_a_place_that_keeps_letters_for_less_long_need_ask_nobody(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    assert start(tmp_path, **variables).returncode == 0


@pytest.mark.parametrize("name", ["SENDER_ADDRESS", "CONTROLLER_CONTACT"])
@pytest.mark.parametrize(
    "address",
    [
        "postbag.example",
        "Postbag <letters@postbag.example>",
        "<letters@postbag.example>",
        "letters postbag@postbag.example",
        "letters@postbag.example, other@postbag.example",
        "letters@other@postbag.example",
        "@postbag.example",
        "letters@",
        "letters@postbag",
        "letters@postbag..example",
        "lettërs@postbag.example",
    ],
)
def test_our_own_address_is_an_address_and_nothing_else(
    tmp_path: Path, name: str, address: str
) -> None:
    started = start(tmp_path, **LIVE | {name: address})
    assert started.returncode == 1
    assert f"{name} must be an e-mail address and nothing else" in started.stderr
    assert "Traceback" not in started.stderr


@given(st.emails() | st.text(st.characters(codec="latin-1", exclude_characters="\0")))
def test_no_address_of_ours_that_starts_makes_a_mail_fail(address: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENDER_ADDRESS", address)
        try:
            read = env.mail_address("SENDER_ADDRESS", live=False)
        except env.SettingError:
            return
    assert not read or headers.Party("", read).checked().address


@pytest.mark.parametrize("hosts", ["*", ".example", "other.example, POSTBAG.example"])
def test_hosts_may_be_named_in_every_way_that_django_knows(
    tmp_path: Path, hosts: str
) -> None:
    live = LIVE | {"ALLOWED_HOSTS": hosts, "SITE_URL": "https://Postbag.example:8443"}
    assert start(tmp_path, **live).stdout.startswith("True")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "//postbag:pass-word@127.0.0.1/postbag",
        "mysql://postbag:pass-word@127.0.0.1/postbag",
        "postgres://postbag:pass-word@127.0.0.1:none/postbag",
        "postgres://postbag:pass-word/and-more@127.0.0.1/postbag",
        "postgres://postbag:pass-word[@127.0.0.1/postbag",
        "postgres://postbag:pass-word@127.0.0.1",
        "sqlite://",
        "sqlite://:memory:",
    ],
)
def test_a_database_that_cannot_be_used_stops_the_start_and_keeps_its_password(
    tmp_path: Path, url: str
) -> None:
    started = start(tmp_path, **LIVE | {"DATABASE_URL": url})
    assert started.returncode == 1
    assert "DATABASE_URL must look like postgres://user:password@" in started.stderr
    assert "Traceback" not in started.stderr
    assert "pass-word" not in started.stderr


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "MAIL_URL"], ids=["database", "mail server"]
)
def test_no_password_stands_in_what_a_web_server_prints_when_it_cannot_start(
    tmp_path: Path, name: str
) -> None:
    scheme = {"DATABASE_URL": "postgres", "MAIL_URL": "smtp"}[name]
    live = LIVE | {name: f"{scheme}://postbag:pass-word/more@postbag.example/name"}
    environment = {"PATH": os.environ["PATH"], "POSTBAG_VAR": str(tmp_path)} | live
    started = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"SettingError: {name}" in started.stderr
    assert "pass-word" not in started.stderr


def test_the_trials_key_signs_no_real_letter(tmp_path: Path) -> None:
    start(tmp_path)
    trials = (tmp_path / "secret_key").read_text()
    started = start(tmp_path, **LIVE | {"SECRET_KEY": trials})
    assert started.returncode == 1
    assert "SECRET_KEY is the one that was made for trying" in started.stderr
    assert trials not in started.stderr


def test_the_settings_of_the_readme_and_of_the_checks_start(tmp_path: Path) -> None:
    readme = Path("README.md").read_text()
    block = readme[readme.index("   DELIVERY=live") :].partition("```")[0]
    lines = [line.partition("#")[0].strip() for line in block.splitlines()]
    settings = dict(line.split("=", 1) for line in lines if line)
    settings |= {"SECRET_KEY": LIVE["SECRET_KEY"], "POSTBAG_VAR": str(tmp_path)}
    assert start(tmp_path, **settings).stdout.startswith("True")


def test_the_trial_key_is_kept_and_private(tmp_path: Path) -> None:
    start(tmp_path)
    key = tmp_path / "secret_key"
    first = key.read_text()
    start(tmp_path)
    assert key.read_text() == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_webhook_without_what_proves_it_does_not_start(tmp_path: Path) -> None:
    secret = "postbag:a-long-random-password-of-theirs"
    for settings, missing in (
        ({"INCOMING_WEBHOOK": "postmark"}, "INCOMING_WEBHOOK_SECRET"),
        (
            {"INCOMING_WEBHOOK": "postmark", "INCOMING_WEBHOOK_SECRET": "a:b"},
            "INCOMING_WEBHOOK_SECRET",
        ),
        (
            {"INCOMING_WEBHOOK": "mailgun", "INCOMING_WEBHOOK_SECRET": secret},
            "INCOMING_WEBHOOK_KEY",
        ),
    ):
        started = start(tmp_path, **settings)
        assert started.returncode == 1
        assert missing in started.stderr
        assert secret not in started.stderr


def test_a_provider_tells_of_mails_where_it_can_prove_itself(tmp_path: Path) -> None:
    said = {name: value for name, value in LIVE.items() if name != "MAIL_URL"}
    shown = (
        "from django.conf import settings as s; print(s.EVENTS_WEBHOOK, "
        "s.RETURNS_CAN_BE_HEARD, s.DATA_UPLOAD_MAX_MEMORY_SIZE, "
        "s.ANYMAIL['WEBHOOK_SECRET'])"
    )
    secret = "postbag:a-long-random-password-of-theirs"
    for settings, told in (
        ({"ANYMAIL_BACKEND": "postmark"}, "False 1000000 []"),
        (
            {"ANYMAIL_BACKEND": "postmark", "ANYMAIL_WEBHOOK_SECRET": secret},
            f"postmark True 10000000 ['{secret}']",
        ),
        (
            {
                "ANYMAIL_BACKEND": "mailgun",
                "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY": "key",
            },
            "False 1000000 []",
        ),
        (
            {
                "ANYMAIL_BACKEND": "mailersend",
                "ANYMAIL_MAILERSEND_SIGNING_SECRET": "key",
            },
            "mailersend True 10000000 []",
        ),
        (
            {"ANYMAIL_BACKEND": "scaleway", "ANYMAIL_WEBHOOK_SECRET": secret},
            f"False 1000000 ['{secret}']",
        ),
        ({"MAIL_URL": LIVE["MAIL_URL"]}, "True 1000000 []"),
    ):
        started = run(tmp_path, shown, **said, **settings)
        assert started.stdout.strip() == told, started.stderr


def test_a_short_secret_of_a_webhook_does_not_start(tmp_path: Path) -> None:
    started = start(tmp_path, ANYMAIL_WEBHOOK_SECRET="postbag:short")
    assert started.returncode == 1
    assert "ANYMAIL_WEBHOOK_SECRET must be a name, a colon and" in started.stderr
    assert "postbag:short" not in started.stderr


@pytest.mark.parametrize(
    ("said", "rates"),
    [
        ({}, "3000 3000"),
        ({"LETTERS_PER_HOUR": "500"}, "500 500"),
        ({"LETTERS_PER_HOUR": "0"}, "0 0"),
        ({"LETTERS_PER_HOUR_OTHERWISE": "0"}, "3000 0"),
    ],
)
def test_all_letters_have_the_rate_of_office_hours_unless_another_is_said(
    tmp_path: Path, said: dict[str, str], rates: str
) -> None:
    shown = (
        "from django.conf import settings as s; "
        "print(s.LETTERS_PER_HOUR, s.LETTERS_PER_HOUR_OTHERWISE)"
    )
    started = run(tmp_path, shown, **said)
    assert started.stdout.strip() == rates, started.stderr
