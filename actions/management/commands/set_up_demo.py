"""Make what one needs to try Postbag out, as far as it is not there yet."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from actions import first_campaign, groups
from representatives import loading

# Each with its group.
ACCOUNTS: Final = {
    "campaigner": groups.CAMPAIGNERS,
    "organiser": groups.ORGANISERS,
}


class Command(BaseCommand):
    """Each step looks first whether it was done, so that a later start is quick."""

    help = (
        "Prepare a demo: database, registers, static files, first campaign and two "
        "accounts. Keeps whatever is there."
    )

    def handle(self, **_options: Any) -> None:
        """Do what is missing; refuse where letters are really sent."""
        if settings.DELIVERY_IS_LIVE:
            message = (
                "set_up_demo makes accounts for trying Postbag out: it does not run "
                "with DELIVERY=live. Unset DELIVERY, or use set_up, as the README "
                "says, for a real place."
            )
            raise CommandError(message)
        self._migrate()
        self._load_registers()
        self._collect_static_files()
        groups.create()
        first_campaign.create()
        self._make_accounts()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)

    def _load_registers(self) -> None:
        if not loading.is_loaded():
            self.stdout.write("Loading constituencies, MPs and postcodes ...")
            loading.load()

    def _collect_static_files(self) -> None:
        stamp = settings.VAR_DIR / "static-files-collected"
        state = _static_state()
        if (
            settings.STATIC_ROOT.is_dir()
            and stamp.exists()
            and stamp.read_text() == state
        ):
            return
        self.stdout.write("Collecting static files ...")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(state)

    def _make_accounts(self) -> None:
        made = {
            name: password
            for name in ACCOUNTS
            if (password := _make_account(name)) is not None
        }
        if not made:
            return
        place = settings.VAR_DIR / "demo-passwords.txt"
        _keep_passwords(place, made)
        for name, password in made.items():
            self.stdout.write(f"Made the account {name} with the password {password}")
        self.stdout.write(
            f"These passwords are shown once; they are kept in {place}. "
            "Sign in at /admin/."
        )


def _keep_passwords(place: Path, made: dict[str, str]) -> None:
    """Write the new ones into the file, which only its owner may read."""
    place.touch(mode=0o600)
    place.chmod(0o600)
    others = [
        line
        for line in place.read_text().splitlines()
        if line.partition(":")[0] not in made
    ]
    lines = others + [f"{name}: {password}" for name, password in made.items()]
    place.write_text("\n".join(lines) + "\n")


def _static_state() -> str:
    """Return what changes with the place, size or time of any static file."""
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {settings.STORAGES}".encode())
    for path in _static_sources():
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_sources() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


@transaction.atomic
def _make_account(name: str) -> str | None:
    """Make the account in its group; its password, or None if it was there."""
    if User.objects.filter(username=name).exists():
        return None
    # Nothing else, so that no shell or form takes it for something else.
    password = "".join(secrets.choice(ascii_letters + digits) for _ in range(20))
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=ACCOUNTS[name]))
    return password
