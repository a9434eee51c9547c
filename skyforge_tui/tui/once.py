"""A timer that fires once, for certain.

Textual's own one-shot timer (8.2.8) skips its only shot when its task is kept waiting for longer
than the delay before it begins, as a busy machine does; whoever waits for it then waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


def once(pump: MessagePump, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Have `pump` call `call` after `seconds`, among its messages; cancel with the handle."""
    loop = asyncio.get_running_loop()
    return loop.call_later(seconds, lambda: pump.call_next(call) if pump.is_running else None)
