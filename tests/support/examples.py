"""How many examples a property of Hypothesis is tried with.

Two profiles: ``dev`` for everybody's own machine, ``ci`` where ``QIYX_CI`` is set. A property
takes what the profile says; one whose examples are dear, or whose faults are rare, says how many
times that number it wants, so that both profiles keep their distance.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

_DEV, _CI = 20, 100


def load_profile() -> None:
    """Register both profiles and load the one that is asked for."""
    common: dict[str, Any] = {
        "deadline": None,  # a machine under load is slow, and nothing is wrong
        "suppress_health_check": [HealthCheck.too_slow],
    }
    settings.register_profile("dev", max_examples=_DEV, **common)
    settings.register_profile("ci", max_examples=_CI, print_blob=True, **common)
    settings.load_profile("ci" if os.environ.get("QIYX_CI") else "dev")


def tried(times: float, **more: Any) -> settings:
    """Return settings for so many times the profile's examples, but at least two."""
    return settings(max_examples=max(2, round(settings.default.max_examples * times)), **more)
