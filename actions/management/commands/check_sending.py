"""Say which records in the DNS mail from this place still needs."""

import argparse
import ipaddress
from collections import Counter
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actions import sending_records
from actions.addresses import our_address
from actions.errors import TemporaryDeliveryError, UnansweredError
from actions.management import arguments
from actions.sending_records import Finding, Verdict, asking, names

_VERDICT_WIDTH: Final = max(len(verdict) for verdict in Verdict)
_RECORD_WIDTH: Final = len("Bounces")


def _domain(text: str) -> str:
    try:
        return names.as_servers_know_it(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _selector(text: str) -> str:
    if not names.is_name(text):
        message = f"{text!r} is no selector; write it as the mail server’s manual does"
        raise argparse.ArgumentTypeError(message)
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        message = f"{text!r} is no IP address; write it as in 192.0.2.53"
        raise argparse.ArgumentTypeError(message) from error


class Command(BaseCommand):
    """Asks the DNS alone; changes and sends nothing."""

    help = (
        "Look at the SPF, DKIM and DMARC records of the domain that letters come from,"
        " and at whether bounces can come back to it, and say what is missing or"
        " broken and what to publish. Ends with 1 if anything is; what could not be"
        " asked counts as neither."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what to look at, and whom to ask."""
        parser.add_argument(
            "--domain",
            type=_domain,
            help="look at this domain instead of that of SENDER_ADDRESS",
        )
        parser.add_argument(
            "--selector",
            type=_selector,
            action="append",
            default=[],
            dest="selectors",
            metavar="NAME",
            help="the name of a DKIM key, from the mail server’s manual; repeatable",
        )
        parser.add_argument(
            "--nameserver",
            type=_address,
            metavar="ADDRESS",
            help="ask this one, by its IP address, instead of this machine’s own",
        )
        parser.add_argument(
            "--port",
            type=arguments.port,
            default=asking.PORT,
            help=f"of the nameserver (default {asking.PORT})",
        )
        parser.add_argument(
            "--timeout",
            type=arguments.seconds,
            default=asking.PATIENCE,
            metavar="SECONDS",
            help=f"how long to wait for each answer (default {asking.PATIENCE:.0f})",
        )

    def handle(
        self, *, domain: str | None, selectors: list[str], **options: Any
    ) -> None:
        """Look, and report a finding a line."""
        if not settings.DELIVERY_IS_LIVE:
            self.stdout.write("This is a demo: nothing is sent, whatever is published.")
        looked_at = domain or _own_domain()
        if names.is_placeholder(looked_at):
            message = (
                f"{looked_at} only stands for a domain, and has no records. Set "
                "SENDER_ADDRESS to the address at your domain that letters come from "
                "(and DELIVERY=live), or name a domain with --domain."
            )
            raise CommandError(message)
        self.stdout.write(f"What mail from {looked_at} needs in the DNS:")
        source = _source(options["nameserver"], options["port"], options["timeout"])
        counts: Counter[Verdict] = Counter()
        for finding in sending_records.look(looked_at, selectors, source):
            counts[finding.verdict] += 1
            self._tell(finding)
        self._conclude(counts)

    def _tell(self, finding: Finding) -> None:
        margin = (
            f"{finding.verdict:<{_VERDICT_WIDTH}}  {finding.record:<{_RECORD_WIDTH}}"
        )
        self.stdout.write(f"{margin}  {finding.sentence}")
        if finding.publish:
            self.stdout.write(f"{'':<{len(margin)}}  Publish: {finding.publish}")

    def _conclude(self, counts: Counter[Verdict]) -> None:
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in counts)
        if any(verdict.is_bad for verdict in counts):
            message = (
                f"{told}. Until what is missing or broken is mended, mail from here "
                "may be refused or end among unwanted mail."
            )
            raise CommandError(message)
        self.stdout.write(f"{told}. Nothing was found missing or broken.")


def _own_domain() -> str:
    try:
        address = our_address("SENDER_ADDRESS").address
        return names.as_servers_know_it(address.rpartition("@")[2])
    except (TemporaryDeliveryError, ValueError) as error:
        message = f"SENDER_ADDRESS is at no domain: {error}"
        raise CommandError(message) from error


def _source(nameserver: str | None, port: int, patience: float) -> asking.Dns:
    try:
        return asking.Dns(nameserver, port, patience)
    except UnansweredError as error:
        raise CommandError(str(error)) from error
