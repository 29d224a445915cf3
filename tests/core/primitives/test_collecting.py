from __future__ import annotations

import gc

import pytest

from qiyx_xl.core.primitives.memo import uninterrupted


@pytest.mark.parametrize("set_before", [gc.enable, gc.disable])
def test_the_collector_is_afterwards_as_it_was_even_after_an_error(set_before):
    then = gc.isenabled()
    set_before()
    before, seen = gc.isenabled(), []

    def work() -> None:
        with uninterrupted():
            with uninterrupted():
                seen.append(gc.isenabled())
            seen.append(gc.isenabled())  # the outer work goes on
            raise ValueError("x")

    try:
        with pytest.raises(ValueError, match="x"):
            work()
        assert seen == [False, False]
        assert gc.isenabled() is before
    finally:
        (gc.enable if then else gc.disable)()
