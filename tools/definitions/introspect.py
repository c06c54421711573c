"""Prints what the installed Python package of Rerun says about its types, as JSON."""

import enum
import importlib
import inspect
import json

import attrs
import pyarrow as pa

NAMES = {
    "bool": "Bool",
    "string": "Utf8",
    "null": "Null",
    "halffloat": "Float16",
    "float": "Float32",
    "double": "Float64",
    **{f"{sign}int{bits}": f"{'U' if sign else ''}Int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}


def arrow_type(type_):
    """An Arrow type as definitions/*.json writes it."""
    if pa.types.is_fixed_size_list(type_):
        return {"type": "FixedSizeList", "size": type_.list_size, "item": arrow_field(type_.value_field)}
    if pa.types.is_list(type_):
        return {"type": "List", "item": arrow_field(type_.value_field)}
    if pa.types.is_struct(type_):
        return {"type": "Struct", "fields": [arrow_field(field) for field in type_]}
    if pa.types.is_union(type_):
        fields = [arrow_field(type_.field(index)) for index in range(type_.num_fields)]
        return {"type": "Union", "mode": type_.mode, "typeIds": type_.type_codes, "fields": fields}
    return {"type": NAMES[str(type_)]}


def arrow_field(field):
    return {"name": field.name, **arrow_type(field.type), "nullable": field.nullable}


def modules(kind):
    """Of data and of blueprints."""
    return [importlib.import_module(f"rerun.{kind}"), importlib.import_module(f"rerun.blueprint.{kind}")]


def archetypes():
    for module in modules("archetypes"):
        for cls in public_classes(module):
            fields = [field.name for field in attrs.fields(cls) if field.metadata.get("component")]
            descriptors = {field: getattr(cls, f"descriptor_{field}")() for field in fields}
            yield {
                "name": cls.__name__,
                "archetype": cls.NAME,
                "fields": [
                    {"name": field, "component": descriptor.component_type}
                    for field, descriptor in descriptors.items()
                ],
            }


def types(kind):
    """The classes `XBatch`, with the class `X` beside each."""
    for module in modules(kind):
        for batch in public_classes(module):
            if not batch.__name__.endswith("Batch"):
                continue
            name = batch.__name__.removesuffix("Batch")
            entry = {"name": name, "arrow": arrow_type(batch._ARROW_DATATYPE)}
            values = getattr(module, name)
            if kind == "components":
                entry["component"] = batch._COMPONENT_TYPE
                entry["encoding"] = encoding_of(batch)
                entry["unstable"] = "This type is _unstable_" in (values.__doc__ or "")
            else:
                scope = "rerun.blueprint" if module.__name__.startswith("rerun.blueprint.") else "rerun"
                entry["encoding"] = f"{scope}.encodings.{name}"
            if issubclass(values, enum.Enum):
                entry["enum"] = {value.name: value.value for value in values}
            yield entry


def encoding_of(batch):
    """The encoding whose values a component has, if it has no own type."""
    for module in modules("encodings"):
        for base in batch.__mro__[1:]:
            if base.__name__.endswith("Batch") and getattr(module, base.__name__, None) is base:
                return f"{module.__name__}.{base.__name__.removesuffix('Batch')}"
    return None


def views():
    for cls in public_classes(importlib.import_module("rerun.blueprint.views")):
        parameters = list(inspect.signature(cls.__init__).parameters)
        yield {
            "classIdentifier": cls().class_identifier,
            "pythonClass": cls.__name__,
            "parameters": parameters[1:],
        }


def public_classes(module):
    return [getattr(module, name) for name in module.__all__ if inspect.isclass(getattr(module, name))]


print(
    json.dumps(
        {
            "version": importlib.import_module("rerun").__version__,
            "archetypes": list(archetypes()),
            "components": list(types("components")),
            "encodings": list(types("encodings")),
            "views": list(views()),
        }
    )
)
