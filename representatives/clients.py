"""Who asks, for limits only: the address is never stored or logged from here."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

# One household or office holds so much of IPv6; limits count it as one.
_IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """The client's IPv4 address, or the /64 network of its IPv6 address.

    Of X-Forwarded-For only what our own ``settings.PROXY_COUNT`` proxies appended is
    believed; a client can write anything further left. Without proxies of our own, or
    when the header is too short to have passed them, it is the connection's address.
    """
    proxies: int = settings.PROXY_COUNT
    hops = request.headers.get("X-Forwarded-For", "").split(",") if proxies else []
    connected = str(request.META.get("REMOTE_ADDR", ""))
    written = hops[-proxies] if proxies and len(hops) >= proxies else connected
    return _network(written.strip()) or _network(connected) or "unknown"


@lru_cache(maxsize=1_024)
def _network(written: str) -> str:
    """The address in one spelling; "" when it is none."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_PREFIX), strict=False))
