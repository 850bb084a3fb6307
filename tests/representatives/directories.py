"""A small directory of postcodes beside the small source files of ``sources``."""

from pathlib import Path

from representatives import loading, snapshot
from representatives.snapshot import Snapshot
from representatives.sources import folder
from tests.representatives.sources import make_folder

ASHFORD, AYR, GOWER, BELFAST = "E14000001", "S14000107", "W07000001", "N05000001"
HEAD = "pcds,dointr,doterm,pcon\n"
# As in the sources, moved a little: AB1 1AB ended, AB1 1AD and AB1 2AB are new.
ROWS = (
    f"AB1 1AA,199001,,{ASHFORD}\n"
    f"AB1 1AD,202605,,{ASHFORD}\n"
    f"AB1 1AB,199001,202601,{AYR}\n"
    f"AB1 1BA,199001,,{AYR}\n"
    f"AB1 2AA,199001,,{GOWER}\n"
    f"AB1 2AB,202605,,{GOWER}\n"
)
NORTHERN_IRELAND = f"BT1 1AA,199001,,{BELFAST}\n"


def load_small_registers(place: Path) -> None:
    """Load the small sources, whose directory is of 2023-08 and has 4 postcodes."""
    snapshot.write(folder.read(make_folder(place / "sources")), place / "built")
    loading.load(Snapshot.open(place / "built"))


def make_directory(place: Path, rows: str = ROWS) -> Path:
    """Write a directory of May 2026, or with other rows."""
    file = place / "directory.csv"
    file.write_text(HEAD + rows)
    return file
