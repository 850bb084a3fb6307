"""Tests of what makes a letter wait for a person."""
