"""What a domain publishes so that mail from it is believed, and what is missing.

The domain of the From address is the one of the envelope's sender, too: see ``mail``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from actions.errors import BrokenRecordError, UnansweredError
from actions.sending_records import bounces, dkim, dmarc, spf
from actions.sending_records.findings import Finding, Source, Verdict

__all__ = ["Finding", "Source", "Verdict", "look"]


def look(domain: str, selectors: Sequence[str], source: Source) -> Iterator[Finding]:
    """Look at everything that mail from a domain needs, one kind after the other.

    Args:
        domain: as servers know it.
        selectors: the names under which its DKIM keys are published.
        source: who is asked.

    """
    try:
        is_there = source.exists(domain)
    except UnansweredError:
        # Each record then says for itself whether it could be asked for.
        is_there = True
    if not is_there:
        yield Finding(
            "Domain",
            Verdict.MISSING,
            f"There is no domain {domain} in the DNS: see whether it is spelt as it "
            "was registered and still is, and with --nameserver whether another "
            "nameserver knows it.",
        )
        return
    yield from _looked_at("SPF", partial(spf.look, domain, source))
    yield from dkim.without_selector(selectors)
    for selector in selectors:
        yield from _looked_at("DKIM", partial(dkim.look, domain, selector, source))
    yield from _looked_at("DMARC", partial(dmarc.look, domain, source))
    yield from _looked_at("Bounces", partial(bounces.look, domain, source))


def _looked_at(
    record: str, look_at: Callable[[], Iterable[Finding]]
) -> Iterator[Finding]:
    """Turn what went wrong while looking into a finding, too."""
    try:
        yield from look_at()
    except UnansweredError as error:
        yield Finding(
            record,
            Verdict.UNASKED,
            f"{error} Nothing follows from that: ask again later, or another "
            "nameserver with --nameserver.",
        )
    except BrokenRecordError as error:
        yield Finding(record, Verdict.BROKEN, str(error))
