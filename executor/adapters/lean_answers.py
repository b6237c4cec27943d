"""Reads the JSON answers of AWS by a compiled form of the service's own description.

The SDK reads an answer in two passes, both in Python's own objects: the whole text, most of which nobody asked for, and
then field by field what the description names. An answer to DescribeTasks holds up to half a megabyte, and is most of
what a watching executor computes. pydantic's core reads the same fields straight from the text, four times as fast.
What it has no form for, or finds in another form than described, is read by the SDK as ever.
"""

from collections.abc import Callable
from typing import Any, Final

from aiobotocore.parsers import AioJSONParser, AioResponseParserFactory
from aiobotocore.session import AioSession
from botocore.model import ListShape, MapShape, Shape, StructureShape
from pydantic_core import SchemaValidator, ValidationError, core_schema

_PLAIN: Final[dict[str, Callable[[], Any]]] = {
    "boolean": core_schema.bool_schema,
    "double": core_schema.float_schema,
    "float": core_schema.float_schema,
    "integer": core_schema.int_schema,
    "long": core_schema.int_schema,
    "string": core_schema.str_schema,
    "timestamp": core_schema.datetime_schema,
}


def read_quickly(session: AioSession) -> AioSession:
    """The session, with quicker reading for the clients that it makes from now on."""
    factory = session.get_component("response_parser_factory")
    session.register_component("response_parser_factory", _Quick(factory))
    return session


class _Quick:
    """The SDK's maker of parsers, except of those for JSON."""

    def __init__(self, factory: AioResponseParserFactory) -> None:
        self._factory = factory
        self._forms: dict[Shape, SchemaValidator | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._factory, name)

    def create_parser(self, protocol: str) -> Any:
        parser = self._factory.create_parser(protocol)
        return _QuickJson(parser, self._forms) if type(parser) is AioJSONParser else parser


class _QuickJson(AioJSONParser):
    def __init__(self, parser: Any, forms: dict[Shape, SchemaValidator | None]) -> None:
        super().__init__(timestamp_parser=parser._timestamp_parser, blob_parser=parser._blob_parser)  # noqa: SLF001 - the SDK gives them no other name
        self._forms = forms

    def _handle_json_body(self, raw_body: bytes, shape: Shape) -> Any:
        if shape not in self._forms:
            form = _form(shape)
            self._forms[shape] = None if form is None else SchemaValidator(form)
        reader = self._forms[shape]
        if reader is not None:
            try:
                return reader.validate_json(raw_body)
            except ValidationError:
                pass  # perhaps no JSON at all: the SDK knows what to make of it
        return super()._handle_json_body(raw_body, shape)  # type: ignore[misc]  # the SDK's stubs leave it out


def _form(shape: Shape, within: tuple[str, ...] = ()) -> Any:
    # None where a part of it is of a kind that is not compiled, or is a part of itself.
    if shape.name in within:
        return None
    inner = (*within, shape.name)
    if isinstance(shape, StructureShape):
        return None if shape.is_tagged_union or shape.is_document_type else _structure(shape, inner)
    if isinstance(shape, ListShape):
        item = _form(shape.member, inner)
        return None if item is None else core_schema.list_schema(item)
    if isinstance(shape, MapShape):
        value = _form(shape.value, inner)
        return None if value is None else core_schema.dict_schema(core_schema.str_schema(), value)
    plain = _PLAIN.get(shape.type_name)
    return None if plain is None else plain()


def _structure(shape: StructureShape, within: tuple[str, ...]) -> Any:
    fields: dict[str, core_schema.TypedDictField] = {}
    for name, member in shape.members.items():
        if (form := _form(member, within)) is None:
            return None
        named = member.serialization.get("name", name)
        fields[name] = core_schema.typed_dict_field(form, required=False, validation_alias=named)
    return core_schema.typed_dict_schema(fields, extra_behavior="ignore")
