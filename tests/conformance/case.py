"""The options that a case declares for its recordings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, TypeVar


class RecordingOptions(TypedDict, total=False):
    """Options for a recording; the same keys as in TypeScript, in snake case."""

    application_id: str
    recording_id: str
    send_properties: bool
    log_time: bool
    log_tick: bool


Case = TypeVar("Case", bound=Callable[..., None])


def recordings(*options: RecordingOptions) -> Callable[[Case], Case]:
    """Gives a case one recording for each of these options instead of a single ordinary one."""

    def declare(case: Case) -> Case:
        case.recordings = options  # type: ignore[attr-defined]
        return case

    return declare
