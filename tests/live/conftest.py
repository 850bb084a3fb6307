"""The real registers are asked only when somebody says so: ASK_REAL_REGISTERS=1."""

import os

import pytest

if os.environ.get("ASK_REAL_REGISTERS") != "1":
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "live" in item.path.parts:
            item.add_marker(pytest.mark.live)
            item.add_marker(pytest.mark.enable_socket)
