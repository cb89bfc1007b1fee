"""The API's description at ``/api/v1/openapi.json``: each feature adds its operations, the schemas are pydantic's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from crosslinks.web.security import public

openapi = Blueprint("openapi", __name__)

PARTS = "crosslinks.openapi"
_BUILT = "crosslinks.openapi.built"
_REF = "#/components/schemas/{model}"


class ErrorDetail(BaseModel):
    """Why something was refused: a stable code, words in the caller's language, and words by field."""

    model_config = ConfigDict(extra="forbid")

    code: str
    message: str
    fields: dict[str, str] = {}


class ErrorAnswer(BaseModel):
    """Every refusal of the API."""

    model_config = ConfigDict(extra="forbid")

    error: ErrorDetail


@dataclass(frozen=True)
class ApiOperation:
    """One operation: ``path`` in OpenAPI's writing, what it takes, what it answers; other statuses answer an error."""

    method: str
    path: str
    name: str
    summary: str
    takes: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel]] = field(default_factory=dict)
    refuses: Mapping[int, str] = field(default_factory=dict)
    bearer: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    def models(self) -> set[type[BaseModel]]:
        """Return the models that this operation's schemas need."""
        return {*self.answers.values(), *([self.takes] if self.takes else [])}

    def describe(self) -> dict[str, Any]:
        """Return this operation as OpenAPI says it."""
        answers: dict[str, Any] = {
            str(status): {"description": (model.__doc__ or "").strip(), "content": _content(model)}
            for status, model in self.answers.items()
        }
        answers |= {
            str(status): {"description": words, "content": _content(ErrorAnswer)}
            for status, words in self.refuses.items()
        }
        found: dict[str, Any] = {"operationId": self.name, "summary": self.summary, "responses": answers}
        parameters = [_parameter("path", part[1:-1]) for part in self.path.split("/") if part.startswith("{")]
        parameters += [_parameter("query", name, words) for name, words in self.query.items()]
        if parameters:
            found["parameters"] = parameters
        if self.takes is not None:
            found["requestBody"] = {"required": True, "content": _content(self.takes)}
        if self.bearer:
            found["security"] = [{"device": []}]
        return found


def _parameter(place: str, name: str, words: str = "") -> dict[str, Any]:
    found = {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
    return found | ({"description": words} if words else {})


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def build_document(operations: Iterable[ApiOperation]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``operations``."""
    operations = sorted(operations, key=lambda operation: (operation.path, operation.method))
    needed: set[type[BaseModel]] = {ErrorAnswer}
    needed.update(model for operation in operations for model in operation.models())
    models = sorted(needed, key=lambda model: model.__name__)
    _names, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = operation.describe()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Crosslinks", "version": _version()},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }


def _version() -> str:
    try:
        return version("crosslinks")
    except PackageNotFoundError:
        return "0"


@openapi.get("/api/v1/openapi.json")
@public
def show() -> Response:
    extensions = current_app.extensions
    if _BUILT not in extensions:
        extensions[_BUILT] = build_document(extensions[PARTS])
    return jsonify(extensions[_BUILT])
