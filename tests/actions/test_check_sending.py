"""``manage.py check_sending``, against a nameserver on loopback."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.actions.sending import DOMAIN, KEY, POLICY, dns, finding, report
from tests.nameserver import Fault, Nameserver

__all__ = ["dns"]


def test_a_domain_with_all_records_passes(dns: Nameserver) -> None:
    status, lines = report(dns, "--selector", "k1")
    assert status == 0
    assert (
        lines
        == """\
This is a demo: nothing is sent, whatever is published.
What mail from example.org needs in the DNS:
ok                  SPF      example.org says who may send for it and ends with -all \
(1 of 10 look-ups).
ok                  DKIM     There is an RSA key of 2048 bits at \
k1._domainkey.example.org.
ok                  DMARC    The record at _dmarc.example.org has mail that only \
claims to be from you kept out (p=reject).
ok                  Bounces  example.org takes mail at mx.example.net; have it take \
mail to any address.
4 ok. Nothing was found missing or broken.
""".splitlines()
    )


def test_what_is_missing_is_said_with_what_to_publish(dns: Nameserver) -> None:
    dns.text(DOMAIN, "hosting=42")
    del dns.records[KEY, "TXT"], dns.records[POLICY, "TXT"], dns.records[DOMAIN, "MX"]
    status, lines = report(dns, "--selector", "k1")
    assert status == 1
    assert [line.split()[:2] for line in lines if line.startswith("missing")] == [
        ["missing", record] for record in ("SPF", "DKIM", "DMARC", "Bounces")
    ]
    samples = [line.partition("Publish: ")[2] for line in lines if "Publish: " in line]
    assert (
        samples
        == """\
example.org. TXT "v=spf1 include:SPF-NAME-OF-YOUR-MAIL-PROVIDER -all"
k1._domainkey.example.org. TXT "v=DKIM1; k=rsa; p=KEY-THAT-YOUR-MAIL-SERVER-SHOWS"
_dmarc.example.org. TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.org"
example.org. MX 10 HOST-OF-YOUR-MAILBOX.
""".splitlines()
    )
    assert lines[-1].startswith("4 missing. Until what is missing or broken is mended")


def test_a_domain_that_is_not_there_is_said_once(dns: Nameserver) -> None:
    status, lines = report(dns, domain="exmaple.org")
    assert status == 1
    assert len(lines) == 4
    assert lines[2].startswith(
        "missing             Domain   There is no domain exmaple"
    )


def test_without_a_selector_it_says_where_to_find_one(dns: Nameserver) -> None:
    status, told = finding(dns, "DKIM", "--timeout", "5")
    assert status == 0
    assert told.startswith("could not be asked  DKIM     Under which name (selector)")
    assert "manual" in told


def test_each_selector_is_looked_at(dns: Nameserver) -> None:
    status, told = finding(dns, "DKIM", "--selector", "k1", "--selector", "k2")
    assert status == 1
    assert [line.split()[0] for line in told.splitlines()] == ["ok", "missing"]


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.SERVFAIL])
@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("mail.example.net", "SPF"),
        (KEY, "DKIM"),
        (POLICY, "DMARC"),
        ("mx.example.net", "Bounces"),
    ],
)
def test_no_answer_is_not_taken_for_a_missing_record(
    dns: Nameserver, fault: Fault, name: str, record: str
) -> None:
    dns.faults[name] = fault
    status, told = finding(dns, record, timeout="0.2")
    assert status == 0
    assert told.startswith(f"could not be asked  {record}")
    assert f" {name} " in told


def test_a_nameserver_that_answers_nothing_says_nothing_of_the_domain(
    dns: Nameserver,
) -> None:
    dns.faults = dict.fromkeys((DOMAIN, KEY, POLICY), Fault.SILENT)
    status, lines = report(dns, "--selector", "k1", timeout="0.2")
    assert status == 0
    assert lines[-1].startswith("4 could not be asked.")


def test_an_answer_too_long_for_a_datagram_is_fetched_whole(dns: Nameserver) -> None:
    dns.faults[DOMAIN] = Fault.TRUNCATED
    status, told = finding(dns, "SPF")
    assert status == 0
    assert told.startswith("ok")
    assert DOMAIN in dns.over_tcp


def test_control_characters_of_others_do_not_reach_the_terminal(
    dns: Nameserver,
) -> None:
    dns.text(DOMAIN, r"v=spf1 mx \027[31mred -all")
    _, told = finding(dns, "SPF")
    assert "\x1b" not in told
    assert "“[31mred”" in told


def test_without_a_domain_it_looks_at_the_one_of_the_senders_address(
    dns: Nameserver, settings: Settings
) -> None:
    settings.DELIVERY_IS_LIVE = True
    settings.SENDER_ADDRESS = "letters@bücher.ORG"
    dns.text("xn--bcher-kva.org", "v=spf1 mx -all")
    told = StringIO()
    with pytest.raises(CommandError, match=r"2 missing"):
        call_command(
            "check_sending",
            *("--nameserver", dns.host, "--port", str(dns.port)),
            stdout=told,
        )
    assert told.getvalue().startswith("What mail from xn--bcher-kva.org needs")


@pytest.mark.parametrize(
    "address", ["letters@postbag.invalid", "a@b.example", "root@localhost"]
)
def test_a_placeholder_is_told_by_the_setting_to_set(
    settings: Settings, address: str
) -> None:
    settings.SENDER_ADDRESS = address
    told = StringIO()
    with pytest.raises(CommandError, match="Set SENDER_ADDRESS to the address"):
        call_command("check_sending", stdout=told)
    assert told.getvalue().startswith("This is a demo: nothing is sent")


@pytest.mark.parametrize("address", ["letters", "letters@[192.0.2.1]", "a b@c.org"])
def test_an_address_at_no_domain_is_told_by_its_setting(
    settings: Settings, address: str
) -> None:
    settings.SENDER_ADDRESS = address
    with pytest.raises(CommandError, match="SENDER_ADDRESS is"):
        call_command("check_sending", stdout=StringIO())


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--domain", "letters@example.org", "is no domain"),
        ("--domain", "a..org", "is no domain"),
        ("--selector", "k 1", "is no selector"),
        ("--nameserver", "dns.example.org", "is no IP address"),
        ("--port", "70000", "a port is a number"),
        ("--timeout", "0", "a number of seconds"),
    ],
)
def test_an_option_that_is_none_says_how_to_write_it(
    option: str, value: str, says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("check_sending", option, value)


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_process_ends_with_what_scripts_look_at(
    dns: Nameserver, *, is_whole: bool
) -> None:
    if not is_whole:
        del dns.records[POLICY, "TXT"]
    ended = subprocess.run(
        [
            *(sys.executable, "manage.py", "check_sending", "--domain", DOMAIN),
            *("--nameserver", dns.host, "--port", str(dns.port)),
        ],
        cwd=project.BASE_DIR,
        env={**os.environ, "POSTBAG_VAR": str(project.VAR_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == (0 if is_whole else 1)
    assert ("missing or broken is mended" in ended.stderr) is not is_whole
