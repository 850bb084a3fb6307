"""A nameserver on loopback that answers from a table, or fails as told."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

_TTL = 60
_TRIES = 20


class Fault(Enum):
    """What happens to questions about a name."""

    SILENT = auto()
    SERVFAIL = auto()
    # Over UDP the answer is cut; it is whole over TCP.
    TRUNCATED = auto()


class Nameserver:
    """What it knows, what it was asked, and what is to go wrong.

    Records are written as in a zone. A name without any is NXDOMAIN; one that has only
    others, an empty answer.
    """

    def __init__(self, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.records: dict[tuple[str, str], list[str]] = {}
        self.faults: dict[str, Fault] = {}
        self.over_tcp: list[str] = []

    def text(self, name: str, *texts: str) -> None:
        """Publish TXT records, each in strings of 255 bytes at most."""
        self.records[name, "TXT"] = [
            " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
            for text in texts
        ]

    def answer(self, wire: bytes, *, over_tcp: bool) -> bytes | None:
        """Answer one question; None is no answer."""
        question = dns.message.from_wire(wire)
        name = question.question[0].name.to_text().rstrip(".").lower()
        kind = dns.rdatatype.to_text(question.question[0].rdtype)
        response = dns.message.make_response(question)
        fault = self.faults.get(name)
        if fault is Fault.SILENT:
            return None
        if over_tcp:
            self.over_tcp.append(name)
        if fault is Fault.SERVFAIL:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif fault is Fault.TRUNCATED and not over_tcp:
            response.flags |= dns.flags.TC
        elif records := self.records.get((name, kind)):
            response.answer.append(
                dns.rrset.from_text(
                    question.question[0].name, _TTL, "IN", kind, *records
                )
            )
        elif name not in {known for known, _ in self.records}:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def running() -> Iterator[Nameserver]:
    """Serve over UDP and TCP on one port for a while."""
    udp, tcp = _sockets()
    server = Nameserver(udp.getsockname()[1])

    class OverUdp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, channel = self.request
            if reply := server.answer(wire, over_tcp=False):
                channel.sendto(reply, self.client_address)

    class OverTcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if reply := server.answer(self.rfile.read(length), over_tcp=True):
                self.wfile.write(struct.pack("!H", len(reply)) + reply)

    address = (server.host, server.port)
    servers = (
        socketserver.UDPServer(address, OverUdp, bind_and_activate=False),
        socketserver.TCPServer(address, OverTcp, bind_and_activate=False),
    )
    for one, bound in zip(servers, (udp, tcp), strict=True):
        one.socket.close()
        one.socket = bound
    tcp.listen()
    threads = [
        threading.Thread(target=one.serve_forever, args=(0.01,)) for one in servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        for one, thread in zip(servers, threads, strict=True):
            one.shutdown()
            thread.join()
            one.server_close()


def _sockets() -> tuple[socket.socket, socket.socket]:
    """Bind one port for both; the free one of one kind may be taken for the other."""
    for _ in range(_TRIES):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp
    message = "No port is free for UDP and TCP alike."
    raise OSError(message)
