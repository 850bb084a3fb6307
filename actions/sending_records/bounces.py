"""Whether mail can come back to the domain that sent it."""

from collections.abc import Iterator
from typing import Final

from actions.errors import BrokenRecordError
from actions.sending_records.findings import Finding, Source, Verdict
from actions.sending_records.names import is_name

_RECORD: Final = "Bounces"
# Further ones are not asked about.
_MOST_HOSTS: Final = 10


def look(domain: str, source: Source) -> Iterator[Finding]:
    """Say whether a domain takes mail, as bounces and some replies go to it.

    Raises:
        UnansweredError: it could not be asked.
        BrokenRecordError: it says that it takes none, or by hosts that are not there.

    """
    hosts = source.mail_servers(domain)
    if "." in hosts:
        message = (
            f"{domain} says that it takes no mail (MX 0 .): bounces are lost, and many "
            "servers refuse mail from such a domain. Publish the host of your mailbox "
            "instead."
        )
        raise BrokenRecordError(message)
    lost = [host for host in hosts[:_MOST_HOSTS] if not _is_there(host, source)]
    if lost:
        message = (
            f"{domain} takes mail at {lost[0]}, which has no address: correct the MX "
            "record; it must name a host, not an IP address."
        )
        raise BrokenRecordError(message)
    yield _found(domain, hosts, source)


def _is_there(host: str, source: Source) -> bool:
    return is_name(host) and source.has_address(host)


def _found(domain: str, hosts: tuple[str, ...], source: Source) -> Finding:
    sample = f"{domain}. MX 10 HOST-OF-YOUR-MAILBOX."
    if hosts:
        return Finding(
            _RECORD,
            Verdict.OK,
            f"{domain} takes mail at {hosts[0]}; have it take mail to any address.",
        )
    if source.has_address(domain):
        return Finding(
            _RECORD,
            Verdict.ADVICE,
            f"{domain} has no MX record, so that bounces go to its own address: see "
            "that a mail server answers there, or say where one does.",
            sample,
        )
    return Finding(
        _RECORD,
        Verdict.MISSING,
        f"{domain} does not say where it takes mail: bounces are lost, and many "
        "servers refuse mail from such a domain.",
        sample,
    )
