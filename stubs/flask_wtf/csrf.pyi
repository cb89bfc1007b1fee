from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask
from werkzeug.exceptions import BadRequest

T = TypeVar("T", Blueprint, Callable[..., object])

class CSRFError(BadRequest): ...

class CSRFProtect:
    def init_app(self, app: Flask) -> None: ...
    def exempt(self, view: T) -> T: ...

def generate_csrf() -> str: ...
