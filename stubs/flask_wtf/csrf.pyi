from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask
from werkzeug.exceptions import BadRequest

_T = TypeVar("_T", Blueprint, Callable[..., object])

class CSRFError(BadRequest): ...

class CSRFProtect:
    def init_app(self, app: Flask) -> None: ...
    def exempt(self, view: _T) -> _T: ...

def generate_csrf() -> str: ...
