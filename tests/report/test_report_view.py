"""What the page computes itself: the plan's geometry, shares and the look of figures."""

import pytest

from edgeflow.memory.picture import BOTTOM, HEIGHT, LEFT, WIDTH, Band, timeline
from edgeflow.report import curves
from edgeflow.report.tables import figures, findings, matrices, number, shortened

NUMBERS = [
    (1234567, "1,234,567"),
    (0, "0"),
    (0.97222, "0.9722"),
    (18750.0, "18,750"),
    (12.5, "12.5"),
    (0.0, "0"),
    (True, "yes"),
    (None, "n/a"),
    ("text", "text"),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_number(value, text):
    assert number(value) == text


def test_boxes_lie_where_the_plan_says(documents):
    picture = timeline(documents["memory_plan"])
    step, floor = (WIDTH - LEFT) / 2, HEIGHT - BOTTOM
    first, conv, scratch, out = picture.boxes
    assert (first.x, first.width) == (LEFT, step)
    assert (conv.x, conv.width) == (LEFT, 2 * step)
    assert (out.x, out.width) == (LEFT + step, step)
    assert first.y + first.height == pytest.approx(floor, abs=0.02)
    assert conv.height == pytest.approx(floor / 2, abs=0.02)
    assert scratch.y == pytest.approx(0, abs=0.02)
    assert (scratch.role, scratch.has_label, out.has_label) == ("scratch", True, False)
    assert picture.bound_y == pytest.approx(floor / 4, abs=0.02)
    assert [mark.text for mark in picture.columns] == ["0", "1"]
    assert picture.fullest == (Band(LEFT, step),)
    assert picture.peak_y == pytest.approx(0, abs=0.02)


def test_axis_runs_from_zero_to_the_arena(documents):
    picture = timeline(documents["memory_plan"])
    assert picture.rows[0].text == "0"
    assert picture.rows[-1].text == "4,000"
    heights = [mark.position for mark in picture.rows]
    assert heights == sorted(heights, reverse=True)
    assert all(above - below > 10 for below, above in zip(heights[1:], heights, strict=False))


def test_long_networks_get_few_column_labels(documents):
    place = documents["memory_plan"]["placements"][0]
    many = [place | {"first_op": index, "last_op": index} for index in range(700)]
    assert len(timeline(documents["memory_plan"] | {"placements": many}).columns) <= 24


def test_empty_arena_has_no_picture(documents):
    assert (
        timeline(documents["memory_plan"] | {"placements": [], "arena_bytes": 0, "lower_bound_bytes": 0})
        is None
    )


def test_figures_state_share_and_kind(documents):
    rows = {row["name"]: row for row in figures(documents["profile"], ())}
    assert (rows["Flash"]["percent"], rows["RAM"]["percent"]) == (5.0, 5.0)
    assert rows["Cycles per inference"]["percent"] is None
    assert rows["Cycles per inference"]["kind"] == "estimated"
    assert rows["Cycles per inference"]["how"] == "zero-wait model"


def test_confusion_matrix_shares_are_of_the_true_class(documents):
    plain, quantized = matrices(documents["evaluation"])
    assert [[cell["share"] for cell in row["cells"]] for row in plain["rows"]] == [[1.0, 0.0], [0.167, 0.833]]
    assert [cell["hit"] for cell in quantized["rows"][1]["cells"]] == [False, True]
    assert quantized["rows"][0]["label"] == "circle"


def test_findings_count_and_show_the_first(documents):
    rows = {row["name"]: row for row in findings(documents["audit"])}
    assert "pictures" not in rows
    assert (rows["tiny"]["count"], rows["tiny"]["first"]) == (0, [])
    assert rows["class counts"]["first"] == ["circle: 74", "square: 70"]
    assert rows["duplicates"]["first"] == ["circle/1.png = circle/2.png"]


def test_long_lists_are_cut():
    (row,) = findings({"tiny": [f"{index}.png" for index in range(100)]})
    assert (row["count"], len(row["first"])) == (100, 20)


def test_curves_run_from_the_first_epoch_to_the_last(documents):
    picture = curves.curves(documents["history"])
    floor = curves.HEIGHT - curves.BOTTOM
    middle = (curves.LEFT + curves.WIDTH) / 2
    assert picture.best_x == middle
    assert picture.top == 2.0
    assert picture.loss.split()[0] == f"{float(curves.LEFT)},0.0"
    assert picture.val_loss.split()[1:] == [
        f"{middle},{floor * 0.75}",
        f"{float(curves.WIDTH)},{floor * 0.625}",
    ]


def test_one_epoch_has_no_curve(documents):
    history = documents["history"]
    assert curves.curves(history | {"epochs": history["epochs"][:1]}) is None


def test_scales_of_many_channels_are_shortened():
    assert shortened("0.5 0.25 0.125") == "0.5 0.25 0.125"
    assert shortened("0.5 0.25 0.125 1.0 2.0") == "0.5 ... (5 values)"
    assert shortened("") == ""


def test_figures_stand_in_the_order_of_the_priorities(documents):
    keys = [row["name"] for row in figures(documents["profile"], ("throughput", "ram", "accuracy"))]
    starts = [keys.index(name) for name in ("Instructions per inference", "RAM", "Flash")]
    assert starts == sorted(starts)
    assert keys[0] == "Instructions per inference"
    assert keys[keys.index("RAM") + 1] == "of it arena"
    assert sorted(keys) == sorted(row["name"] for row in figures(documents["profile"], ()))
    assert next(row["name"] for row in figures(documents["profile"], ())) == "Flash"
