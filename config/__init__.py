"""Wiring only: settings, addresses, the page environment."""
