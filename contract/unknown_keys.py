"""Keys of a document that a model does not know, wherever they stand, each with the nearest name that it knows.

Models that are read leniently pass over such keys; who writes a document by hand wants to hear of them.
"""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from contract.meant import nearest
from contract.refusal import Problem, shown


def unknown_keys(model: type[BaseModel], given: object, path: str) -> Iterator[Problem]:
    """The keys of ``given`` that ``model`` does not know, its parts included.

    Args:
        model: the model that the document shall be.
        given: the document as its writer wrote it; what is no mapping is not looked at.
        path: the document's own name, before the keys in each problem's field.
    """
    if not isinstance(given, Mapping):
        return
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in given.items():
        if key not in fields:
            yield Problem(_below(path, key), f"is not known; {nearest(str(key), fields)}")
        else:
            yield from _within(fields[key], value, _below(path, key))


def _below(path: str, key: object) -> str:
    text = str(key)
    return f"{path}.{text if len(text) <= 60 else shown(text)}"


def _within(annotation: Any, value: object, path: str) -> Iterator[Problem]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _within(arguments[0], value, path)
    elif origin in {Union, types.UnionType}:
        if (member := _member(arguments, value)) is not None:
            yield from _within(member, value, path)
    elif origin is dict and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _within(arguments[1], item, _below(path, key))
    elif origin is tuple and isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _within(arguments[0], item, f"{path}[{position}]")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from unknown_keys(annotation, value, path)


def _member(members: tuple[Any, ...], value: object) -> Any:
    """The one of a union that a value is meant to be: the only one there is, or the one of its ``type``."""
    bare = [get_args(member)[0] if get_origin(member) is Annotated else member for member in members]
    real = [member for member in bare if member is not type(None)]
    if len(real) == 1:
        return real[0]
    said = value.get("type") if isinstance(value, Mapping) else None
    for member in real:
        field = getattr(member, "model_fields", {}).get("type")
        if field is not None and get_origin(field.annotation) is Literal and said in get_args(field.annotation):
            return member
    return None
