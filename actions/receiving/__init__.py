"""What follows from mail that comes in: for letters, their writers and MPs' addresses.

``actions.incoming`` says what a mail is and knows no letter; here one is taken in, once
however often it comes (``taking``), what follows is done (``following``) or left to a
person (``deciding``), and its content goes when nothing needs it (``forgetting``).
That anything comes in is noted once a day (``daily``):
docs/decisions/0024-mail-that-comes-in.md.
"""
