"""Questions to the DNS: the only module that asks it."""

import re
from typing import Final

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from actions.errors import UnansweredError

PORT: Final = 53
# For one question with all its repeats, in seconds.
PATIENCE: Final = 5.0
# What passes every network in one piece; a longer answer is fetched over TCP.
_LARGEST_DATAGRAM: Final = 1232
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Dns:
    """The DNS as a nameserver tells it; see ``findings.Source``."""

    def __init__(self, nameserver: str | None, port: int, patience: float) -> None:
        """Choose whom to ask, and for how many seconds to wait for each answer.

        Without an IP address this machine's own nameserver is asked.

        Raises:
            UnansweredError: this machine has no nameserver, or that is none.

        """
        try:
            self._resolver = dns.resolver.Resolver(configure=nameserver is None)
            if nameserver:
                self._resolver.nameservers = [nameserver]
        except (dns.exception.DNSException, ValueError) as error:
            message = (
                "There is no nameserver to ask: name one by its IP address with "
                "--nameserver."
            )
            raise UnansweredError(message) from error
        self._resolver.port = port
        self._resolver.lifetime = patience
        self._resolver.use_edns(0, 0, _LARGEST_DATAGRAM)

    def exists(self, name: str) -> bool:
        """Whether there is such a name, with whatever records."""
        return self._answer(name, "TXT") is not None

    def texts(self, name: str) -> tuple[str, ...]:
        """Its TXT records, the strings of each put together."""
        return tuple(
            _CONTROL.sub(" ", b"".join(record.strings).decode("ascii", "replace"))
            for record in self._answer(name, "TXT") or ()
            if isinstance(record, TXT)
        )

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """The hosts of its MX records, the first to be tried first."""
        records = [
            (record.preference, record.exchange.to_text())
            for record in self._answer(name, "MX") or ()
            if isinstance(record, MX)
        ]
        return tuple(host.rstrip(".") or "." for _, host in sorted(records))

    def has_address(self, name: str) -> bool:
        """Whether it has an IPv4 or an IPv6 address."""
        return any(any(self._answer(name, kind) or ()) for kind in ("A", "AAAA"))

    def _answer(self, name: str, kind: str) -> dns.resolver.Answer | None:
        """Ask one question; None means that there is no such name.

        Raises:
            UnansweredError: nobody says yes or no.

        """
        try:
            return self._resolver.resolve(
                f"{name}.", kind, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.LifetimeTimeout as error:
            message = f"The nameserver did not answer in time about {name} ({kind})."
            raise UnansweredError(message) from error
        except (dns.exception.DNSException, OSError) as error:
            message = f"The nameserver could not say what {name} publishes ({kind})."
            raise UnansweredError(message) from error
