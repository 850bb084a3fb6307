"""Providers that Anymail hands mail to: what each can do, and how it proves itself.

A test holds this table to Anymail's own code.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# Under which a provider keeps which mail of ours it was; it gives it back with whatever
# it tells of that mail.
OURS: Final = "postbag_mail"


@dataclass(frozen=True)
class Provider:
    """One of them; names of settings are Anymail's, without ``ANYMAIL_``."""

    # Whether it tells by webhook what became of a mail.
    tells: bool = True
    # Whether a webhook of its brings mail as it came, byte for byte.
    brings_mail: bool = False
    # Which setting holds the key of its signature under either, without which Anymail
    # believes nothing; "" where there is none to rely on: then a secret in the address
    # is all that proves it.
    key_of_events: str = ""
    key_of_mail: str = ""
    # Whether its signature is of all that it tells. Else one that was seen once goes
    # with whatever somebody makes up, so that the secret is needed, too.
    signs_all: bool = True
    # What its webhooks need that is not installed with Anymail.
    package: str = ""
    # Whether it keeps no data of ours with a mail, only a tag.
    has_only_tags: bool = False
    # The header by which it leaves our Message-ID alone; it puts its own otherwise.
    keeps_id_if_told: str = ""
    # Whether each mail can say that nobody shall be told who opens it.
    asks_about_opens: bool = True


PROVIDERS: Final = {
    "amazon_ses": Provider(package="boto3", asks_about_opens=False),
    "brevo": Provider(asks_about_opens=False),
    "mailersend": Provider(
        brings_mail=True,
        key_of_events="MAILERSEND_SIGNING_SECRET",
        key_of_mail="MAILERSEND_INBOUND_SECRET",
        has_only_tags=True,
    ),
    "mailgun": Provider(
        brings_mail=True,
        key_of_events="MAILGUN_WEBHOOK_SIGNING_KEY",
        key_of_mail="MAILGUN_WEBHOOK_SIGNING_KEY",
        # Of a time and a number alone, with the key of the whole account.
        signs_all=False,
    ),
    "mailjet": Provider(),
    "mailtrap": Provider(
        key_of_events="MAILTRAP_TRACKING_SECRET", asks_about_opens=False
    ),
    "mandrill": Provider(
        brings_mail=True,
        key_of_events="MANDRILL_WEBHOOK_KEY",
        key_of_mail="MANDRILL_WEBHOOK_KEY",
    ),
    "postal": Provider(
        brings_mail=True,
        key_of_events="POSTAL_WEBHOOK_KEY",
        key_of_mail="POSTAL_WEBHOOK_KEY",
        package="cryptography",
        has_only_tags=True,
        asks_about_opens=False,
    ),
    "postmark": Provider(brings_mail=True, keeps_id_if_told="X-PM-KeepID"),
    "resend": Provider(asks_about_opens=False),
    "scaleway": Provider(tells=False, asks_about_opens=False),
    "sendgrid": Provider(brings_mail=True),
    # Brevo under its old name, for which Anymail warns at each request.
    "sendinblue": Provider(tells=False, asks_about_opens=False),
    "sparkpost": Provider(brings_mail=True),
    # Signs with MD5, and the secret key of its API.
    "unisender_go": Provider(),
}
BRING_MAIL: Final = tuple(name for name, one in PROVIDERS.items() if one.brings_mail)


def proofs_of_events(provider: Provider) -> tuple[str, ...]:
    """Name what proves that news are the provider's: all of it has to be set."""
    key = provider.key_of_events
    if not key:
        return ("WEBHOOK_SECRET",)
    return (key,) if provider.signs_all else (key, "WEBHOOK_SECRET")


def who_tells(name: str, anymail: Mapping[str, object]) -> str:
    """Say which provider is listened to when it tells what became of mails; or "".

    Args:
        name: the one that takes our mails, "" if there is none.
        anymail: Anymail's settings, with what proves that a request is its own.

    """
    provider = PROVIDERS.get(name)
    if provider is None or not provider.tells:
        return ""
    return name if all(map(anymail.get, proofs_of_events(provider))) else ""


def argument_of(name: str, setting: str) -> str:
    """Say how Anymail's own code calls a provider's setting."""
    return setting.removeprefix(f"{name.upper()}_").lower()


def mail_named(
    kept: Mapping[str, object], tags: Sequence[object], message_id: str
) -> uuid.UUID | None:
    """Say which mail of ours something is told of; None if it is none.

    Args:
        kept: what the provider kept with it.
        tags: likewise.
        message_id: what the provider calls it; some use the Message-ID that we gave.

    """
    by_header, _, _ = message_id.strip("<>").partition("@")
    for named in (kept.get(OURS), *tags, by_header):
        if isinstance(named, str):
            try:
                return uuid.UUID(named)
            except ValueError:
                continue
    return None
