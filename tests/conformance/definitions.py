"""The types of Rerun as definitions/ lists them, and the classes that the Python SDK has for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import rerun.archetypes
import rerun.blueprint.archetypes
import rerun.blueprint.components
import rerun.blueprint.encodings
import rerun.components
import rerun.encodings

_FOLDER = Path(__file__).parent / "../../definitions"


def _read(name: str) -> list[dict[str, Any]]:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


ARCHETYPES = _read("archetypes")
COMPONENTS = {definition["component"]: definition for definition in _read("components")}
ENCODINGS = {definition["encoding"]: definition for definition in _read("encodings")}


def archetype_class(definition: dict[str, Any]) -> Any:
    """The class of an archetype."""
    is_blueprint = ".blueprint." in definition["archetype"]
    return getattr(rerun.blueprint.archetypes if is_blueprint else rerun.archetypes, definition["name"])


def batch_class(type: str) -> Any:
    """The class of the batches of a component or an encoding, by its full name."""
    module, name = type.rsplit(".", 1)
    return getattr(sys.modules[module], f"{name}Batch")
