"""Letters that go out by a provider's HTTP API instead of a mail server."""

import json
import pkgutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from anymail import backends
from pytest_django import Settings

from actions import delivering, providers
from actions.errors import LostAnswerError
from actions.models import Delivery, Letter
from actions.views import handed, told
from tests.actions.factories import NOW, make_letter
from tests.actions.receiving.arriving import gone, raw, take

pytestmark = pytest.mark.django_db

DOMAIN = "postbag.example"
# Instead of an answer's status.
HANGING_UP, SILENCE = 0, 1


class Provider:
    """What was handed over, and how it is answered; as Mailgun documents its API."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, Any]] = []
        # Lets go of a request that is not answered.
        self.is_over = threading.Event()

    def answer(self) -> tuple[int, Any]:
        taken = (200, {"id": "<1@provider.example>", "message": "Queued. Thank you."})
        return self.answers.pop(0) if self.answers else taken

    def form(self) -> dict[str, str]:
        """Read the fields of the last mail."""
        _, _, body = self.requests[-1]
        return dict(parse_qsl(body.decode(), strict_parsing=True))


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.provider.requests.append((self.path, dict(self.headers), body))
        status, said = self.provider.answer()
        if status == SILENCE:
            self.provider.is_over.wait(10)
        if status in {HANGING_UP, SILENCE}:
            self.close_connection = True
            return
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A provider on loopback that this process hands mail to, as in live mode."""
    fake = Provider()
    handler = type("Handler", (_Handler,), {"provider": fake})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.DELIVERY_IS_LIVE = True
        settings.SENDER_ADDRESS = f"letters@{DOMAIN}"
        settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
        settings.EMAIL_TIMEOUT = 2
        address = f"http://127.0.0.1:{server.server_port}"
        settings.ANYMAIL = {
            "IGNORE_UNSUPPORTED_FEATURES": True,
            "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
            "MAILGUN_API_KEY": "key",
            "MAILGUN_API_URL": f"{address}/v3",
            "POSTMARK_SERVER_TOKEN": "key",
            "POSTMARK_API_URL": address,
            "POSTAL_API_KEY": "key",
            "POSTAL_API_URL": address,
        }
        yield fake
        fake.is_over.set()
        server.shutdown()
        thread.join()


def deliver() -> delivering.Tidings:
    return delivering.deliver_due(clock=lambda: NOW)


def test_a_letter_is_handed_over_with_all_that_makes_it_ones_own(
    provider: Provider,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED, sender_name="Siân Rhys")
    assert deliver().sent == 1
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
    path, headers, _ = provider.requests[0]
    assert path == f"/v3/{DOMAIN}/messages"
    assert headers["Authorization"].startswith("Basic ")
    form = provider.form()
    assert form["from"] == f"Siân Rhys <sian.rhys.{letter.tag}@{DOMAIN}>"
    assert form["h:Reply-To"] == f"Siân Rhys <{letter.sender_email}>"
    assert form["to"] == f"{letter.recipient_name} <{letter.recipient_email}>"
    assert form["subject"] == letter.subject
    assert form["h:Message-Id"] == f"<{letter.deliveries.get().pk}@{DOMAIN}>"
    assert form["o:tracking-opens"] == form["o:tracking-clicks"] == "no"
    assert "h:Auto-Submitted" not in form
    assert letter.body in form["text"].replace("\r\n", "\n")


def test_our_own_mails_say_that_a_machine_wrote_them(provider: Provider) -> None:
    make_letter()
    assert deliver().sent == 1
    assert provider.form()["h:Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_refused_for_good_is_given_up_without_a_word_of_the_answer(
    provider: Provider, status: int
) -> None:
    provider.answers = [(status, {"message": "to parameter is not jo@secret.example"})]
    letter = make_letter(state=Letter.State.QUEUED)
    assert deliver().failed == 1
    owed = letter.deliveries.get(kind=Delivery.Kind.LETTER)
    assert owed.last_error == "The mail provider refused it."


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_where_no_mail_can_go_it_is_nobodys_failed_try(
    provider: Provider, status: int
) -> None:
    provider.answers = [(status, {"message": "Forbidden for jo@secret.example"})]
    letters = [make_letter(state=Letter.State.QUEUED) for _ in range(2)]
    tidings = deliver()
    assert not tidings.any_moved
    assert tidings.trouble.startswith("The mail provider ")
    assert "secret" not in tidings.trouble
    assert len(provider.requests) == 1
    assert {letter.deliveries.get().attempts for letter in letters} == {0}
    assert deliver().sent == 2


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_what_may_be_a_mails_fault_is_tried_again(
    provider: Provider, status: int
) -> None:
    provider.answers = [(status, {"message": "not now"})]
    letter = make_letter(state=Letter.State.QUEUED)
    assert deliver().postponed == 1
    words = "The mail provider could not take it at that moment."
    assert letter.deliveries.get().last_error == words


def test_a_yes_that_nobody_can_read_may_have_been_one(provider: Provider) -> None:
    provider.answers = [(200, ["what?"])]
    make_letter(state=Letter.State.QUEUED)
    tidings = deliver()
    assert (tidings.postponed, tidings.perhaps_twice) == (1, 1)


@pytest.mark.parametrize("fault", [HANGING_UP, SILENCE])
def test_an_answer_that_does_not_come_may_have_been_a_yes(
    provider: Provider, settings: Settings, fault: int
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    provider.answers = [(fault, None)]
    letters = [make_letter(state=Letter.State.QUEUED) for _ in range(3)]
    tidings = deliver()
    assert (tidings.sent, tidings.postponed, tidings.perhaps_twice) == (0, 1, 1)
    assert tidings.trouble
    errors = [letter.deliveries.get().last_error for letter in letters]
    assert sorted(errors) == ["", "", str(LostAnswerError())]


def test_a_provider_that_is_not_there_is_nobodys_failed_try(
    provider: Provider, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": nowhere}
    make_letter(state=Letter.State.QUEUED)
    tidings = deliver()
    assert not tidings.any_moved
    assert tidings.perhaps_twice == 0
    assert tidings.trouble == "The mail provider could not be reached."


def test_a_provider_that_takes_no_connection_in_time_is_nobodys_failed_try(
    provider: Provider, settings: Settings
) -> None:
    # Those that wait to be taken fill its queue, so that nobody else gets through.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(busy.getsockname())
        settings.ANYMAIL = {
            **settings.ANYMAIL,
            "MAILGUN_API_URL": f"http://127.0.0.1:{busy.getsockname()[1]}",
        }
        settings.EMAIL_TIMEOUT = 0.5
        make_letter(state=Letter.State.QUEUED)
        tidings = deliver()
        for one in waiting:
            one.close()
    assert not tidings.any_moved
    assert tidings.perhaps_twice == 0
    assert tidings.trouble == "The mail provider could not be reached."


def test_an_address_that_the_provider_sends_nothing_to_is_refused_for_good(
    provider: Provider, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    letter = make_letter(state=Letter.State.QUEUED)
    words = f"Found inactive addresses: {letter.recipient_email}. Inactive recipients"
    provider.answers = [(422, {"ErrorCode": 406, "Message": words})]
    assert deliver().failed == 1
    owed = letter.deliveries.get(kind=Delivery.Kind.LETTER)
    assert owed.last_error.startswith("The mail provider sends nothing to this")


@pytest.mark.parametrize("kind", [Delivery.Kind.LETTER, Delivery.Kind.FORWARD])
def test_postmark_is_told_to_keep_our_message_id(
    provider: Provider, settings: Settings, kind: Delivery.Kind
) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    if kind == Delivery.Kind.LETTER:
        letter = make_letter(state=Letter.State.QUEUED)
    else:
        letter = gone(is_demo=False)
        take(raw("reply-plain", letter))
    said = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "mp@example.org"}
    provider.answers = [(200, said)]
    assert deliver().sent == 1
    _, _, body = provider.requests[0]
    told = {one["Name"]: one["Value"] for one in json.loads(body)["Headers"]}
    mail = letter.deliveries.get(kind=kind)
    assert told["Message-ID"] == f"<{mail.pk}@{DOMAIN}>"
    assert told["X-PM-KeepID"] == "true"


def test_a_provider_without_its_key_is_no_letters_fault(
    provider: Provider, settings: Settings
) -> None:
    settings.ANYMAIL = {}
    make_letter(state=Letter.State.QUEUED)
    tidings = deliver()
    assert not tidings.any_moved
    assert "MAILGUN_API_KEY" in tidings.trouble


# --- What a provider can tell of ----------------------------------------------------


@pytest.mark.parametrize("state", [Letter.State.QUEUED, "awaiting_confirmation"])
def test_nobody_is_told_who_opens_a_mail_whatever_else_is_set(
    provider: Provider, settings: Settings, state: str
) -> None:
    wish = {"track_opens": True, "track_clicks": True}
    settings.ANYMAIL = {**settings.ANYMAIL, "SEND_DEFAULTS": wish}
    make_letter(state=state)
    assert deliver().sent == 1
    form = provider.form()
    assert form["o:tracking-opens"] == form["o:tracking-clicks"] == "no"


def test_an_answer_that_is_passed_on_is_not_tracked_either(provider: Provider) -> None:
    letter = gone(is_demo=False)
    take(raw("reply-plain", letter))
    assert deliver().sent == 1
    form = provider.form()
    assert letter.sender_email in form["to"]
    assert form["o:tracking-opens"] == form["o:tracking-clicks"] == "no"
    mail = letter.deliveries.get(kind=Delivery.Kind.FORWARD)
    assert form[f"v:{providers.OURS}"] == str(mail.pk)


def test_a_provider_keeps_the_name_of_our_mail_and_nothing_else(
    provider: Provider,
) -> None:
    letter = make_letter(state=Letter.State.QUEUED)
    assert deliver().sent == 1
    kept = {key: value for key, value in provider.form().items() if key[:2] == "v:"}
    assert kept == {f"v:{providers.OURS}": str(letter.deliveries.get().pk)}
    assert "o:tag" not in provider.form()


def test_a_provider_that_keeps_only_tags_has_it_as_one(
    provider: Provider, settings: Settings
) -> None:
    settings.MAIL_PROVIDER = "postal"
    settings.EMAIL_BACKEND = "anymail.backends.postal.EmailBackend"
    letter = make_letter(state=Letter.State.QUEUED)
    taken = {letter.recipient_email: {"id": 1, "token": "t"}}
    provider.answers = [(200, {"status": "success", "data": {"messages": taken}})]
    assert deliver().sent == 1
    _, _, body = provider.requests[0]
    assert json.loads(body)["tag"] == str(letter.deliveries.get().pk)


def test_the_table_of_providers_is_anymails() -> None:
    known = {found.name for found in pkgutil.iter_modules(backends.__path__)}
    assert known - set(providers.PROVIDERS) == {
        "base",
        "base_requests",
        "console",
        "test",
    }
    assert set(providers.PROVIDERS) <= known


@pytest.mark.parametrize("name", providers.PROVIDERS)
def test_what_a_provider_can_do_is_what_anymail_does_with_it(name: str) -> None:
    known = providers.PROVIDERS[name]
    folder = Path(backends.__path__[0])
    sending = (folder / f"{name}.py").read_text()
    if name == "sendinblue":
        sending = (folder / "brevo.py").read_text()
    can_say = {
        what: f"\n    def set_{what}(self" in sending
        for what in ("track_opens", "track_clicks", "metadata")
    }
    assert can_say == {
        "track_opens": known.asks_about_opens,
        "track_clicks": known.asks_about_opens,
        "metadata": not known.has_only_tags,
    }
    assert known.tells == (name in told.VIEWS)
    assert known.brings_mail == (name in handed.PROVIDERS)
    place = folder.parent / "webhooks" / f"{name}.py"
    hooks = place.read_text() if place.exists() else ""
    for setting in {known.key_of_events, known.key_of_mail} - {""}:
        assert f'"{providers.argument_of(name, setting)}"' in hooks
