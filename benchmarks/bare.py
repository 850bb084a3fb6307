"""The least that sending takes: smtplib alone, in a process of its own.

``python -m benchmarks.bare PORT MAILS A_CONNECTION FILE`` says that it is ready, waits
for a line, sends the mail in the file so many times, and says how much memory it took
at most, in kB.
"""

import smtplib
import sys
from pathlib import Path
from typing import Final

READY: Final = "ready"
SENDER: Final = "letters@postbag.example"
TO: Final = "member@parliament.example"


def send(port: int, mails: int, a_connection: int, wire: bytes) -> None:
    """Send one mail many times, over a new connection after so many of them."""
    for sent in range(0, mails, a_connection):
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _ in range(min(a_connection, mails - sent)):
                server.sendmail(SENDER, [TO], wire)


if __name__ == "__main__":
    port, mails, a_connection = (int(word) for word in sys.argv[1:4])
    wire = Path(sys.argv[4]).read_bytes()
    print(READY, flush=True)
    sys.stdin.readline()
    send(port, mails, a_connection, wire)
    # Of this process alone; what ``resource`` tells may be of the one that started it.
    status = Path("/proc/self/status").read_text()
    print(status.partition("VmHWM:")[2].split()[0], flush=True)
