"""What ``check_sending`` says of each kind of record, right, doubled and broken."""

import pytest

from tests.actions.sending import DOMAIN, KEY, POLICY, dns, finding, report
from tests.dkim_keys import BARE_RSA_2048, ED25519, RSA_768, RSA_1024, RSA_2048
from tests.nameserver import Nameserver

__all__ = ["dns"]


@pytest.mark.parametrize(
    ("texts", "verdict", "says"),
    [
        (["V=SPF1 IP4:192.0.2.1 -ALL"], "ok", "ends with -all (0 of 10"),
        (["v=spf1 a mx:example.net/24 ~all"], "ok", "ends with ~all (2 of 10"),
        (["v=spf1 redirect=mail.example.net"], "ok", "ends with ~all (1 of 10"),
        (["v=spf1 exists:%{i}.example.net -all"], "ok", "(1 of 10"),
        (["v=spf1 mx"], "advice", "nothing of all others"),
        (["v=spf1 mx ?all"], "advice", "nothing of all others"),
        (["v=spf1 mx +all"], "broken", "lets everybody send"),
        (["v=spf1 mx all"], "broken", "lets everybody send"),
        (["v=spf1 include:open.example.net -all"], "broken", "lets everybody send"),
        (["v=spf1 -all"], "broken", "lets nobody send"),
        (["v=spf1 mx -all", "v=spf1 a -all"], "broken", "has 2 SPF records"),
        (["v=spf1 ip4:mail.example.net -all"], "broken", "“ip4:mail.example.net”"),
        (["v=spf1 ip4=192.0.2.1 -all"], "broken", "“ip4=192.0.2.1”"),
        (["v=spf1 ip6:192.0.2.1 -all"], "broken", "“ip6:192.0.2.1”"),
        (["v=spf1 include mx -all"], "broken", "“include”"),
        (["v=spf1 mx -all;"], "broken", "“-all;”"),
        (["v=spf1 include:nothing.example.net -all"], "broken", "which has none"),
        (["v=spf1 include:loop.example.net -all"], "broken", "such a circle"),
        (["v=spf1 redirect=example.org"], "broken", "such a circle"),
        (["v=spf1 " + "a " * 10 + "-all"], "ok", "(10 of 10 look-ups)"),
        (["v=spf1 " + "a " * 11 + "-all"], "broken", "more than 10 look-ups"),
        (["v=spf1 include:many.example.net a a -all"], "broken", "more than 10"),
        (["v=spf10 mx -all"], "missing", "does not say which servers"),
    ],
)
def test_what_is_said_of_an_spf_record(
    dns: Nameserver, texts: list[str], verdict: str, says: str
) -> None:
    dns.text("open.example.net", "v=spf1 +all")
    dns.text("loop.example.net", f"v=spf1 include:{DOMAIN} -all")
    dns.text("many.example.net", "v=spf1 " + "a " * 8 + "-all")
    dns.text(DOMAIN, *texts)
    status, told = finding(dns, "SPF")
    assert told.startswith(f"{verdict}  ")
    assert says in told
    assert status == (verdict in {"missing", "broken"})


@pytest.mark.parametrize(
    ("texts", "verdict", "says"),
    [
        ([f"p={RSA_2048}"], "ok", "2048 bits"),
        ([f"v=DKIM1; p={BARE_RSA_2048};"], "ok", "2048 bits"),
        ([f"v=DKIM1; p={RSA_2048[:50]} {RSA_2048[50:]}"], "ok", "2048 bits"),
        ([f"v=DKIM1; p={RSA_1024}"], "advice", "1024 bits"),
        ([f"v=DKIM1; p={RSA_768}"], "broken", "768 bits"),
        ([f"v=DKIM1; k=ed25519; p={ED25519}"], "advice", "as well"),
        ([f"v=DKIM1; t=s:y; p={RSA_2048}"], "advice", "only being tried out"),
        (["v=DKIM1; k=rsa; p="], "broken", "is withdrawn"),
        (["v=DKIM1; k=rsa"], "broken", "has no key"),
        ([f"v=DKIM2; p={RSA_2048}"], "broken", "“v=DKIM1”"),
        ([f"p={RSA_2048}; v=DKIM1"], "broken", "“v=DKIM1”"),
        ([f"v=DKIM1; k=dsa; p={RSA_2048}"], "broken", "“dsa”"),
        ([f"v=DKIM1; p={RSA_2048[:-8]}"], "broken", "cannot be read"),
        ([f"v=DKIM1; p={ED25519}"], "broken", "cannot be read"),
        ([f"v=DKIM1; k=ed25519; p={RSA_1024}"], "broken", "cannot be read"),
        (["v=DKIM1; p=not base64!"], "broken", "cannot be read"),
        (["v=DKIM1; nonsense"], "broken", "cannot be read at “nonsense”"),
        ([f"v=DKIM1; p={RSA_2048}; p="], "broken", "has twice “p=”"),
        ([f"v=DKIM1; p={RSA_2048}", "v=DKIM1; p="], "broken", "There are 2 records"),
    ],
)
def test_what_is_said_of_a_dkim_key(
    dns: Nameserver, texts: list[str], verdict: str, says: str
) -> None:
    dns.text(KEY, *texts)
    status, told = finding(dns, "DKIM")
    assert told.splitlines()[-1].startswith(f"{verdict}  ")
    assert says in told
    assert status == (verdict == "broken")


@pytest.mark.parametrize(
    ("texts", "verdict", "says"),
    [
        (["v=DMARC1;p=Quarantine;rua=mailto:a@example.org"], "ok", "p=quarantine"),
        (["v=DMARC1; p=none; rua=mailto:a@example.org"], "advice", "p=none"),
        (["v=DMARC1; p=reject"], "advice", "rua=mailto:"),
        (["v=DMARC1; p=reject; adkim=s; rua=mailto:a@b.c"], "advice", "d=example.org"),
        (["v=DMARC1; p=reject; adkim=x"], "broken", "“adkim=x”"),
        (["v=DMARC1; p=reject; aspf=strict"], "broken", "“aspf=strict”"),
        (["v=DMARC1; p=block"], "broken", "“p=block”"),
        (["v=DMARC1; rua=mailto:a@example.org"], "broken", "(p=)"),
        (["V=dmarc1; p=none"], "broken", "in just these letters"),
        (["v=DMARC1; p=none; rua=a@example.org"], "broken", "“a@example.org”"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "broken", "2 DMARC records"),
        (["something else"], "missing", "has no DMARC record"),
    ],
)
def test_what_is_said_of_a_dmarc_record(
    dns: Nameserver, texts: list[str], verdict: str, says: str
) -> None:
    dns.text(POLICY, *texts)
    status, told = finding(dns, "DMARC")
    assert f"{verdict}  " in told
    assert says in told
    assert status == (verdict in {"missing", "broken"})


@pytest.mark.parametrize(
    ("of_the_organisation", "verdict", "says"),
    [
        ("v=DMARC1; p=reject; rua=mailto:a@example.org", "ok", "(p=reject)"),
        ("v=DMARC1; p=reject; sp=none; rua=mailto:a@b.c", "advice", "sp=none"),
    ],
)
def test_a_domain_below_takes_the_policy_of_its_organisation(
    dns: Nameserver, of_the_organisation: str, verdict: str, says: str
) -> None:
    dns.text("post.letters.example.org", "v=spf1 mx -all")
    dns.text(POLICY, of_the_organisation)
    _, lines = report(dns, domain="post.letters.example.org")
    told = next(line for line in lines if "  DMARC  " in line)
    assert told.startswith(f"{verdict}  ")
    assert f"at {POLICY} " in told
    assert says in told


@pytest.mark.parametrize(
    ("servers", "addresses", "verdict", "says"),
    [
        (["0 ."], [], "broken", "takes no mail"),
        (["10 gone.example.net."], [], "broken", "at gone.example.net, which has no"),
        (["20 gone.example.net.", "5 mx.example.net."], [], "broken", "gone.example"),
        (["20 mx2.example.net.", "5 mx.example.net."], [], "ok", "at mx.example.net;"),
        ([], ["2001:db8::1"], "advice", "has no MX record"),
        ([], [], "missing", "bounces are lost"),
    ],
)
def test_what_is_said_of_where_bounces_go(
    dns: Nameserver, servers: list[str], addresses: list[str], verdict: str, says: str
) -> None:
    dns.records["mx2.example.net", "AAAA"] = ["2001:db8::25"]
    dns.records[DOMAIN, "MX"] = servers
    dns.records[DOMAIN, "AAAA"] = addresses
    status, told = finding(dns, "Bounces")
    assert told.startswith(f"{verdict}  ")
    assert says in told
    assert status == (verdict in {"missing", "broken"})
