"""Budgets as people write them."""

import pytest

from edgeflow.errors import UsageError
from edgeflow.profile.quantity import QUANTITIES, parse_budget


@pytest.mark.parametrize(
    ("text", "key", "amount"),
    [
        ("ram=96KiB", "ram_bytes", 98_304),
        ("ram=64KB", "ram_bytes", 64_000),
        ("ram=100B", "ram_bytes", 100),
        ("flash=0.5MiB", "flash_bytes", 524_288),
        ("flash=1MB", "flash_bytes", 1_000_000),
        ("latency=100ms", "latency_ms", 100),
        ("latency=1.5s", "latency_ms", 1500),
        ("latency=250us", "latency_ms", 0.25),
        ("energy=2mJ", "energy_uj", 2000),
        ("energy=2uJ", "energy_uj", 2),
        ("accuracy=0.85", "accuracy", 0.85),
        ("accuracy=85%", "accuracy", 0.85),
        ("accuracy=1", "accuracy", 1),
    ],
)
def test_amounts(text, key, amount):
    assert parse_budget(text) == (key, pytest.approx(amount))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ram", "not of the form"),
        ("ram=", "not of the form"),
        ("ram=-1KiB", "not of the form"),
        ("ram=1e3KiB", "not of the form"),
        ("ram=96", "unit is missing or unknown"),
        ("ram=96k", "unit is missing or unknown"),
        ("ram=96kib", "unit is missing or unknown"),
        ("latency=1KiB", "unit is missing or unknown"),
        ("rom=96KiB", "no budget `rom`"),
        ("ram=0KiB", "out of range"),
        ("ram=0.5B", "out of range"),
        ("accuracy=85", "out of range"),
        ("accuracy=101%", "out of range"),
        (f"ram={'9' * 400}KiB", "out of range"),
    ],
)
def test_what_is_refused(text, said):
    with pytest.raises(UsageError, match=said) as caught:
        parse_budget(text)
    assert caught.value.hint


def test_examples_are_budgets():
    for name, quantity in QUANTITIES.items():
        assert parse_budget(f"{name}={quantity.example}")[0] == quantity.key
