"""Estimates of other engines: the table, its page, and the arithmetic."""

import sys
from pathlib import Path

import pytest

from edgeflow.errors import TargetError, UsageError
from edgeflow.frontend.tflite import read_model
from edgeflow.profile.engines import CLASSES, TABLE, class_macs, engine_for, engines, estimate
from edgeflow.target.descriptor import load_target

LATENCY = Path(__file__).resolve().parents[2] / "benchmarks/latency"
SHARED = Path(__file__).resolve().parents[3] / "shared/models/models"


@pytest.fixture
def accuracy(monkeypatch):
    """The benchmark's module; scipy comes with the package for training."""
    pytest.importorskip("scipy", reason="the fit needs scipy")
    if not LATENCY.is_dir():
        pytest.skip("benchmarks are not part of this copy")
    monkeypatch.syspath_prepend(str(LATENCY))
    monkeypatch.delitem(sys.modules, "accuracy", raising=False)
    import accuracy

    return accuracy


def test_table_and_page_are_what_the_fit_gives(accuracy):
    assert TABLE.read_text() == accuracy.table_text(accuracy.fits())
    assert accuracy.PAGE.read_text() == accuracy.page()


def test_fit_finds_the_rates_that_made_the_runs(accuracy):
    """Runs computed from known rates: the fit must give them back, and predict each run from the others."""
    rates = (2.0, 8.0, 3.0)
    macs = accuracy.network_macs()
    runs = [
        accuracy.Run("made", "core", net, "board", "1", "", float(macs[net, "dense"] @ rates))
        for net in ("vww", "ic", "kws", "ad")
    ]
    found = accuracy.fit(runs)
    assert [found.cycles_per_mac[c] for c in CLASSES] == pytest.approx(rates, rel=1e-6)
    assert found.errors == pytest.approx(dict.fromkeys(found.errors, 0.0), abs=1e-6)
    assert found.predicted["vww"] == pytest.approx(0, abs=1e-6)
    assert found.predicted["ad"] is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the MLPerf Tiny networks are not here")
def test_networks_are_counted_as_the_table_says(monkeypatch):
    monkeypatch.syspath_prepend(str(LATENCY))
    import networks

    lines = networks.TABLE.read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")][1:] == networks.rows(SHARED)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the MLPerf Tiny networks are not here")
def test_estimate_is_macs_times_rates():
    graph = read_model(SHARED / "mlperf_kws_dscnn.tflite")
    engine = engine_for("tflm", "cortex-m33")
    result = estimate(graph, engine, load_target("ek-ra6m4"))
    macs = class_macs(graph)
    assert macs == {"convolution": 2_368_000, "depthwise": 288_000, "fully_connected": 768}
    by_hand = sum(macs[c] * engine.cycles_per_mac[c] for c in CLASSES)
    assert result["totals"]["cycles"] == pytest.approx(by_hand, abs=len(graph.ops))
    assert result["totals"]["latency_us"] == pytest.approx(by_hand / 200, rel=1e-4)
    assert result["kinds"]["latency_us"].startswith("estimated (TFLM")
    assert "at 200 MHz" in result["kinds"]["latency_us"]


def test_every_row_says_what_it_was_fitted_to_and_how_well():
    for engine in engines():
        assert engine.basis.startswith("4 runs on")
        assert engine.least_error_percent <= engine.most_error_percent
        assert any(engine.cycles_per_mac.values())


def test_unknown_engine_and_a_core_without_runs():
    with pytest.raises(UsageError, match="no engine `eon`") as caught:
        engine_for("eon", "cortex-m4f")
    assert "tflm" in caught.value.hint
    with pytest.raises(TargetError, match="`tflm` on cortex-m0plus") as caught:
        engine_for("tflm", "cortex-m0plus")
    assert "cortex-m33" in caught.value.hint
