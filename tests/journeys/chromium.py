"""Find the Chromium that the journeys drive; as a program, install one if need be.

``make test`` runs this before pytest, so that an installation is seen. It never fails:
pytest then skips the journeys with the reason, or fails where CI=true.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "no Chromium: install chromium or google-chrome, or name one with CHROMIUM=/path"
)


def find() -> str | None:
    """The path of the one named by CHROMIUM, one on the PATH, or Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Debian's package, which wants root and a package index."""
    print("No Chromium here: installing Debian's package for the journeys ...")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", "chromium"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    """Say which Chromium the journeys will drive."""
    if not find() and not os.environ.get("CHROMIUM"):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            try:
                install()
            except subprocess.CalledProcessError as error:
                print(f"apt-get could not install it: {error}", file=sys.stderr)
        else:
            print("Chromium could be installed here only by root with apt-get.")
    print(f"The journeys drive {find() or MISSING}.")


if __name__ == "__main__":
    main()
