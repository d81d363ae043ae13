"""What goes to stdout, what to stderr, and tables that fit."""

import json
from decimal import Decimal

from edgeflow import console
from edgeflow.errors import ModelError


def test_answer_and_note_go_to_different_streams(capsys):
    console.answer("result")
    console.note("progress")
    captured = capsys.readouterr()
    assert captured.out == "result\n"
    assert captured.err == "progress\n"


def test_error_is_a_sentence_a_blank_line_and_a_hint(capsys):
    console.error(ModelError("`m.tflite` is empty", "convert it again"))
    assert capsys.readouterr().err == "error: `m.tflite` is empty\n\nhint: convert it again\n"
    console.error(ModelError("`m.tflite` is empty"))
    assert capsys.readouterr().err == "error: `m.tflite` is empty\n"


def test_json_answer_is_one_sorted_object(capsys):
    console.answer_json({"b": 1, "a": None})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": None, "b": 1}
    assert out.index('"a"') < out.index('"b"')


def test_table_is_at_most_100_columns_and_aligns_numbers(capsys):
    console.answer_table(
        ("name", "bytes", "share"), [("a" * 150, 1234567, 12.345), ("b", 5, None)], title="sizes"
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= console.MAX_COLUMNS
    assert any("1,234,567" in line and "12.3" in line for line in lines)
    last = next(line for line in lines if line.startswith("b"))
    assert last.rstrip().endswith("-")
    assert last.index("5") > 10


def test_decimals_keep_their_places(capsys):
    console.answer_table(("ms", "%"), [(Decimal("1234.500"), 12.34), (Decimal("0.014"), None)])
    assert [line.split() for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["1,234.500", "12.3"],
        ["0.014", "-"],
    ]


def test_table_shows_markup_as_it_is(capsys):
    console.answer_table(("operator",), [("[bold]CONV[/bold]",)])
    assert "[bold]CONV[/bold]" in capsys.readouterr().out
