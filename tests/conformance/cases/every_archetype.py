from collections.abc import Iterator
from typing import Any

import rerun as rr
from definitions import ARCHETYPES, COMPONENTS, ENCODINGS, archetype_class, batch_class
from rerun import encodings
from samples import two_instances

FRAMES = rr.TimeColumn("frame", sequence=[1, 2])

# Where Python takes `[]` for one empty instance, or fails.
CANNOT_BE_CLEARED = ["AnnotationContext", "BarChart", "DataframeQuery", "McapStatistics", "Tensor", "Volume3D"]


def cleared(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        rec.log(definition["name"], _cleared(definition))


def null_and_empty_lists(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        for _ in range(2):
            rec.log(definition["name"], _cleared(definition))


def each_field_alone(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        for field in definition["fields"]:
            rec.log(definition["name"], _update(definition, _samples([field])))


def clear_unset(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        first, *others = definition["fields"]
        if definition["name"] in CANNOT_BE_CLEARED:
            rest = [_batch(definition, field, None) for field in others]
            rec.log(definition["name"], [*_update(definition, _samples([first])), *rest])
        else:
            cleared = archetype_class(definition).from_fields(**_samples([first]), clear_unset=True)
            rec.log(definition["name"], cleared)


def columns(rec: rr.RecordingStream) -> None:
    for name, all in _every_columns():
        rec.send_columns(name, [FRAMES], all)


def partitioned_columns(rec: rr.RecordingStream) -> None:
    for name, all in _every_columns():
        rec.send_columns(name, [FRAMES], all.partition([0, 2]))


def enums_of_fields(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        for field in definition["fields"]:
            if values := _enum_values(field["component"]):
                rec.log(definition["name"], archetype_class(definition).from_fields(**{field["name"]: values}))


def enums_by_themselves(rec: rr.RecordingStream) -> None:
    for component, definition in COMPONENTS.items():
        if values := _enum_values(component):
            for value in [values, *values]:
                _log_alone(rec, definition["name"], component, value)


def components_by_themselves(rec: rr.RecordingStream) -> None:
    for component, definition in COMPONENTS.items():
        _log_alone(rec, definition["name"], component, two_instances(component))


def encodings_by_themselves(rec: rr.RecordingStream) -> None:
    for encoding, definition in ENCODINGS.items():
        _log_alone(rec, definition["name"], encoding, two_instances(encoding))


def colors(rec: rr.RecordingStream) -> None:
    for definition in ARCHETYPES:
        for field in definition["fields"]:
            if field["component"] in ["rerun.components.Color", "rerun.components.AlbedoFactor"]:
                for _ in range(10):
                    rec.log(definition["name"], _update(definition, {field["name"]: [255, 136, 0, 128]}))


def formats_of_images(rec: rr.RecordingStream) -> None:
    kinds: dict[str, Any] = {
        "pixelFormat": ("pixel_format", encodings.PixelFormat),
        "colorModel": ("color_model", encodings.ColorModel),
        "channelDatatype": ("channel_datatype", encodings.ChannelDatatype),
    }
    for path, (field, kind) in kinds.items():
        values = _spellings({member.name: member.value for member in kind})
        formats = [rr.components.ImageFormat(4, 2, **{field: value}) for value in values]
        rec.log(path, rr.Image.from_fields(format=formats))


def _log_alone(rec: rr.RecordingStream, name: str, type: str, values: Any) -> None:
    # Encodings are no component types.
    descriptor = rr.ComponentDescriptor(
        f"own.Archetype:{name}", "own.Archetype", type if ".components." in type else None
    )
    rec.log(name, [rr.DescribedComponentBatch(batch_class(type)(values), descriptor)])


def _enum_values(component: str) -> list[str | int]:
    return _spellings(COMPONENTS[component].get("enum", {}))


def _spellings(values: dict[str, int]) -> list[str | int]:
    return [spelling for name, number in values.items() for spelling in [name, name.lower(), name.upper(), number]]


def _cleared(definition: dict[str, Any]) -> Any:
    if definition["name"] in CANNOT_BE_CLEARED:
        return [_batch(definition, field, None) for field in definition["fields"]]
    return archetype_class(definition).cleared()


def _samples(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {field["name"]: two_instances(field["component"]) for field in fields}


def _update(definition: dict[str, Any], values: dict[str, Any]) -> list[rr.DescribedComponentBatch]:
    # A bar chart without values fails.
    if definition["name"] == "BarChart":
        fields = [field for field in definition["fields"] if field["name"] in values]
        return [_batch(definition, field, values[field["name"]]) for field in fields]
    return archetype_class(definition).from_fields(**values).as_component_batches()


def _batch(definition: dict[str, Any], field: dict[str, Any], values: Any) -> rr.DescribedComponentBatch:
    component = field["component"]
    name = f"{definition['name']}:{field['name']}"
    descriptor = rr.ComponentDescriptor(name, definition["archetype"], component)
    return rr.DescribedComponentBatch(batch_class(component)(values), descriptor)


def _every_columns() -> Iterator[tuple[str, rr.ComponentColumnList]]:
    """Blueprints have no `columns`, and the others' fail for some components."""
    for definition in ARCHETYPES:
        fields = [field for field in definition["fields"] if field["component"] != "rerun.components.ViewCoordinates"]
        if fields:
            batches = _update(definition, _samples(fields))
            yield definition["name"], rr.ComponentColumnList([batch.partition() for batch in batches])
