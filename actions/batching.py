"""How many mails a worker takes at a time: as many as it sends while it holds them."""

import datetime
from typing import Final

# Few enough for a slow mail server.
FIRST: Final = 10


class BatchSize:
    """Begins with few and doubles as long as they are sent in good time.

    What one worker holds, the others can't send, so one that has a slow mail server
    before it must not keep them from its fellows.
    """

    def __init__(
        self, held_for: datetime.timedelta, *, at_most: int, first: int = FIRST
    ) -> None:
        self._held_for = held_for
        self._at_most = at_most
        self.mails = min(first, at_most)

    def learn(self, claimed: int, begun: int, took: datetime.timedelta) -> None:
        """Hear how many of the last ones could be begun, and how long it took."""
        if begun < claimed:
            self.mails = max(begun, 1)
        elif took < self._held_for / 2:
            self.mails = min(2 * self.mails, self._at_most)
