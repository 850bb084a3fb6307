"""Mail that comes back: bounces, acknowledgements, and MPs' own answers.

Bytes become a value (``parsing``), the value one class of mail (``classifying``), and
an answer a mail to the supporter (``forwarding``). Nothing here knows the database, and
nothing that a mail holds is trusted: docs/decisions/0024-mail-that-comes-in.md.
"""
