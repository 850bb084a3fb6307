"""Mail that providers bring by webhook, each in a shape of its own."""

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.test import Client, RequestFactory
from django.test.client import encode_multipart
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from actions.models import IncomingMail
from actions.views import handed
from tests.actions import refused
from tests.actions.receiving.arriving import gone, owed, raw
from tests.actions.told_by_providers import KEY, SECRET, Posted, basic, mandrill_signed

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIRequest
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

pytestmark = [
    pytest.mark.django_db,
    # Anymail says at each request that it could not try SendGrid out.
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]


def _of_mailersend(content: bytes, recipient: str) -> Posted:
    told = {
        "raw": content.decode(),
        "sender": {"email": "jane@mp.example"},
        "recipients": {"rcptTo": [{"email": recipient}]},
    }
    body = json.dumps({"type": "inbound.message", "data": told}).encode()
    signature = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    return Posted(body, headers={"Signature": signature})


def _of_mandrill(content: bytes, recipient: str) -> Posted:
    told = {"raw_msg": content.decode(), "email": recipient}
    return mandrill_signed([{"event": "inbound", "msg": told}], path_of("mandrill"))


def _of_sendgrid(content: bytes, recipient: str) -> Posted:
    envelope = {"from": "jane@mp.example", "to": [recipient]}
    fields = {"email": content.decode(), "envelope": json.dumps(envelope)}
    body = encode_multipart("between", fields)
    return Posted(body, "multipart/form-data; boundary=between")


def _of_sparkpost(content: bytes, recipient: str) -> Posted:
    told = {
        "content": {
            "email_rfc822": base64.b64encode(content).decode(),
            "email_rfc822_is_base64": True,
        },
        "msg_from": "jane@mp.example",
        "rcpt_to": recipient,
        "protocol": "smtp",
    }
    return Posted(
        json.dumps([{"msys": {}}, {"msys": {"relay_message": told}}]).encode()
    )


OTHERS = {
    "mailersend": _of_mailersend,
    "mandrill": _of_mandrill,
    "sendgrid": _of_sendgrid,
    "sparkpost": _of_sparkpost,
}


def path_of(provider: str) -> str:
    return f"/webhooks/incoming/{provider}/mime/"


def post(
    client: Client, provider: str, posted: Posted, headers: dict[str, str] | None = None
) -> "Page":
    return client.post(
        path_of(provider),
        posted.body,
        content_type=posted.content_type,
        headers={**(basic() if headers is None else headers), **posted.headers},
    )


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest, settings: Settings) -> str:
    """One of the other providers, as the settings name it."""
    name: str = request.param
    settings.INCOMING_WEBHOOK = name
    settings.INCOMING_WEBHOOK_KEY = KEY
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    return name


def test_other_providers_bring_mail_whole(client: Client, other: str) -> None:
    letter = gone()
    content = raw("reply-plain", letter)
    posted = OTHERS[other](content, f"jo.{letter.tag}@postbag.invalid")
    for _ in range(2):
        assert post(client, other, posted).status_code == 200
    mail = IncomingMail.objects.get()
    assert mail.letter == letter
    assert bytes(mail.content) == content
    assert owed(letter) == ["forward"]


def test_other_providers_must_prove_themselves(
    client: Client, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    letter = gone()
    content = raw("reply-plain", letter)
    posted = OTHERS[other](content, f"jo.{letter.tag}@postbag.invalid")
    assert post(client, other, posted, headers={}).status_code == 403
    if other in {"mailersend", "mandrill"}:
        unsigned = Posted(posted.body, posted.content_type)
        assert post(client, other, unsigned).status_code == 403
    assert refused.noted() == [refused.PROVES_NOTHING]
    assert not [one for one in caplog.records if one.exc_info]


@pytest.mark.parametrize("told", ["", "[]", "{}", "[1]", '[{"msys": {"a": 1}}]'])
def test_what_other_providers_bring_must_be_whole(
    client: Client, other: str, caplog: pytest.LogCaptureFixture, told: str
) -> None:
    status = post(client, other, Posted(told.encode())).status_code
    # Some bring several at a time, of which there may be none.
    assert status in {400, 403} or (other, status) == ("sparkpost", 200)
    assert refused.noted() == [refused.PROVES_NOTHING] * (status == 403)
    assert not [one for one in caplog.records if one.exc_info]


def test_whoever_sets_an_address_up_can_try_it_out(
    client: Client, settings: Settings
) -> None:
    settings.INCOMING_WEBHOOK = "mandrill"
    assert client.head(path_of("mandrill")).status_code == 200
    assert client.head(path_of("postmark")).status_code == 404


def _posted(body: str) -> "WSGIRequest":
    return RequestFactory().post(
        "/", body, content_type="application/x-www-form-urlencoded"
    )


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_a_form_is_read_as_django_reads_it(fields: list[tuple[str, str]]) -> None:
    usual, quick = (_posted(urlencode(fields, errors="replace")) for _ in range(2))
    handed.read_form(quick)
    assert dict(quick.POST.lists()) == dict(usual.POST.lists())


@pytest.mark.parametrize("body", ["%", "%zz", "a=%4", "=%0", "a==b&&", "☃=%FF%"])
def test_a_form_that_is_none_is_read_all_the_same(body: str) -> None:
    handed.read_form(_posted(body))


def test_a_form_of_too_many_fields_is_refused(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    handed.read_form(_posted("a=1&b=2"))
    with pytest.raises(TooManyFieldsSent):
        handed.read_form(_posted("a=1&b=2&c=3"))
