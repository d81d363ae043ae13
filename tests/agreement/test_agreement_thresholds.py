"""Figures by hand, and which of them break a threshold."""

import numpy as np
import pytest

from edgeflow.agreement.compare import Accuracy, Answers, Row, answers, rows
from edgeflow.agreement.options import ParityOptions
from edgeflow.agreement.thresholds import check
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.errors import ParityError


def test_figures_by_hand():
    first = Answers("original", (np.array([[0.0, 4.0], [2.0, 1.0]]),))
    second = Answers("float", (np.array([[0.0, 3.0], [2.0, 3.0]]),))
    (row,) = rows(first, second, "test")
    assert (row.max_difference, row.mean_difference, row.output_range) == (2, 0.75, 4)
    assert (row.relative_max_difference, row.relative_mean_difference) == (0.5, 0.1875)
    assert (row.same_class, row.argmax_agreement) == (1, 0.5)


def test_outputs_of_one_value_have_no_class_and_constant_ones_a_range_of_one():
    first = Answers("float", (np.full((3, 1), 5.0),))
    (row,) = rows(first, Answers("int8", (np.full((3, 1), 5.5),)), "test")
    assert (row.argmax_agreement, row.output_range, row.relative_max_difference) == (None, 1, 0.5)


def test_integers_become_real_values():
    info = TensorInfo(0, "x", (1, 2), "int8", 0.5, -3)
    found = answers("int8", [np.array([[[-3, 7]]], np.int8)], [info])
    assert found.outputs[0].tolist() == [[0.0, 5.0]]
    plain = TensorInfo(0, "x", (1, 2), "int32", None, None)
    assert answers("int8", [np.array([[[-3, 7]]], np.int32)], [plain]).outputs[0].tolist() == [[-3, 7]]


def test_other_outputs_and_values_that_are_no_numbers_are_refused():
    three, two = Answers("original", (np.ones((4, 3)),)), Answers("float", (np.ones((4, 2)),))
    with pytest.raises(ParityError, match=r"outputs of \[3\] values, the float model outputs of \[2\]"):
        rows(three, two, "test")
    with pytest.raises(ParityError, match="output 1 of the original model holds values that are not finite"):
        answers("original", [np.ones((2, 1)), np.array([[1.0], [np.nan]])])


def row(cases, same, between=("float", "int8")):
    return Row(between, "test", 0, cases, 0.0, 0.0, 1.0, 0.0, 0.0, same)


@pytest.mark.parametrize(
    ("cases", "same", "passes"),
    [(10, 9, True), (10, 8, False), (3, 2, True), (3, 1, False), (1000, 900, True)],
)
def test_classes_count_as_whole_cases(cases, same, passes):
    options = ParityOptions(int8_argmax_agreement=0.9)
    pair = ("float", "int8")
    check([row(cases, same)], (), options, pair=pair, is_classifier=False)
    if passes:
        check([row(cases, same)], (), options, pair=pair, is_classifier=True)
    else:
        with pytest.raises(ParityError, match=f"on {cases} test cases: {same} have the same class"):
            check([row(cases, same)], (), options, pair=pair, is_classifier=True)


@pytest.mark.parametrize(("correct", "passes"), [(96, True), (85, True), (84, False), (0, False)])
def test_accuracy_may_fall_by_so_much(correct, passes):
    accuracies = [Accuracy("float", "test", 100, 90), Accuracy("int8", "test", 100, correct)]
    options = ParityOptions(int8_accuracy_drop=0.05)
    pair = ("float", "int8")
    if passes:
        check([row(100, 100)], accuracies, options, pair=pair, is_classifier=True)
    else:
        with pytest.raises(ParityError, match=r"falls from 0\.9000 to 0\.\d+, parity\.int8_accuracy_drop"):
            check([row(100, 100)], accuracies, options, pair=pair, is_classifier=True)
