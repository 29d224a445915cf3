"""Work that was cut short after something had been booked."""

from __future__ import annotations


class InterruptedAfterBookingError(RuntimeError):
    """Something is booked and stands, and the rest of the work is not done.

    The message says what stands, why the rest is missing, and which command completes it. The
    command line ends with 3, so that nobody takes it for "nothing was changed" (2).
    """
