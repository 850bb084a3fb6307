import pytest
from django.test import RequestFactory
from pytest_django import Settings

from representatives.clients import address_of


def seen(connected: str = "192.0.2.1", forwarded: str | None = None) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=connected)
    return address_of(request)


def test_without_proxies_the_header_is_not_believed(settings: Settings) -> None:
    settings.PROXY_COUNT = 0
    assert seen(forwarded="203.0.113.9") == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "1.2.3.4,198.51.100.1 ,203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
        (1, "x" * 10_000, "192.0.2.1"),
    ],
)
def test_behind_proxies_only_what_they_appended_is_believed(
    settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    assert seen(forwarded=forwarded) == address


@pytest.mark.parametrize(
    ("connected", "address"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.5", "192.0.2.5"),
        ("", "unknown"),
    ],
)
def test_ipv6_is_counted_by_network(
    settings: Settings, connected: str, address: str
) -> None:
    settings.PROXY_COUNT = 0
    assert seen(connected) == address
