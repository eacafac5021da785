"""Waiting for a condition instead of for a time."""

import time

# How long anything that should happen at once may take here: sanitizers and two busy cores are slow.
PATIENCE = 40.0


def wait_until(condition, what: str = "", deadline: float = PATIENCE, pause: float = 0.05):
    """Calls `condition` until it answers something true, and returns that. An exception counts as "not yet". Fails after `deadline` seconds
    with `what` and the last answer."""
    end = time.monotonic() + deadline
    last = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except (OSError, AssertionError, KeyError, IndexError, TypeError, ValueError) as error:  # TypeError: of what is null yet
            last = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline:.0f} s: {what or condition.__name__}; last: {last!r}")
        time.sleep(pause)


def stays(condition, seconds: float, what: str = "") -> None:
    """Fails when `condition` stops being true within `seconds`. For what must *not* happen; keep `seconds` small."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"did not stay true: {what or condition.__name__}"
        time.sleep(0.1)
