"""Memory of a process that runs for months: no long pauses for collections, spare pages go back."""

import ctypes
import gc
from typing import Final

THRESHOLDS: Final = (10_000, 20, 50)
"""Objects before a young collection, and how many of those before an older one.

With the usual 700 every batch of events would cause several, and events leave no cycles behind.
"""


def settle() -> None:
    """Call once the program has started: what exists by now stays until its end.

    Modules, models and routes are some hundred thousand objects. A full collection would walk
    through them again and again and stop the event loop for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    _give_back()


def _give_back() -> None:
    """Return pages that start-up needed; only the GNU C library keeps them otherwise."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return
    trim(0)
