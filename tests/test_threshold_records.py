"""A threshold is a value or a reason, and its absence says what it means."""

import pytest

import genloop as gl
from genloop.analysis import ThresholdStatus


def test_a_value_and_a_reason_exclude_each_other():
    with pytest.raises(ValueError, match="a value, or a reason"):
        gl.analysis.Threshold(0.5, reason="none")
    with pytest.raises(ValueError, match="a value, or a reason"):
        gl.analysis.Threshold(None)
    with pytest.raises(ValueError, match="a value, or a reason"):
        gl.analysis.Threshold(None, reason="none", status="value")
    with pytest.raises(ValueError, match="not a valid"):
        gl.analysis.Threshold.absent("none", "nothing")


@pytest.mark.parametrize("status", [s for s in ThresholdStatus if s != "value"])
def test_an_absent_threshold_says_what_kind_of_absence_it_is(status):
    found = gl.analysis.Threshold.absent("why", status)
    assert found.value is None and found.reason == "why" and found.status == status


def test_a_number_has_the_status_of_a_value():
    assert gl.analysis.Threshold(0.5).status == "value"
