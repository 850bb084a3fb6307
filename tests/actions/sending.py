"""A domain at which nothing is missing, and what the command says of it."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import nameserver
from tests.dkim_keys import RSA_2048
from tests.nameserver import Nameserver

DOMAIN = "example.org"
KEY = f"k1._domainkey.{DOMAIN}"
POLICY = f"_dmarc.{DOMAIN}"


@pytest.fixture
def dns() -> Iterator[Nameserver]:
    """The nameserver of a domain at which nothing is missing."""
    with nameserver.running() as server:
        server.text(DOMAIN, "hosting=42", "v=spf1 include:mail.example.net -all")
        server.text(
            "mail.example.net", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all"
        )
        server.text(KEY, f"v=DKIM1; k=rsa; p={RSA_2048}")
        server.text(POLICY, f"v=DMARC1; p=reject; rua=mailto:dmarc@{DOMAIN}")
        server.records[DOMAIN, "MX"] = ["10 mx.example.net."]
        server.records["mx.example.net", "A"] = ["192.0.2.25"]
        yield server


def report(
    server: Nameserver, *options: str, domain: str = DOMAIN, timeout: str = "5"
) -> tuple[int, list[str]]:
    """Run the command; return how it ends, and the lines that it writes."""
    told, status = StringIO(), 0
    where = ("--nameserver", server.host, "--port", str(server.port))
    try:
        call_command(
            "check_sending",
            *(*where, "--timeout", timeout, "--domain", domain, *options),
            stdout=told,
        )
    except CommandError as error:
        status = error.returncode
        told.write(str(error))
    return status, told.getvalue().splitlines()


def finding(
    server: Nameserver, record: str, *options: str, timeout: str = "5"
) -> tuple[int, str]:
    """Return how it ends, and what it says of one kind of record."""
    options = options or ("--selector", "k1")
    status, lines = report(server, *options, timeout=timeout)
    return status, "\n".join(line for line in lines if f"  {record}  " in line)
