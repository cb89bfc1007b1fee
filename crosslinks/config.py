"""Settings: frozen, from ``instance/config.toml`` and ``CROSSLINKS_*`` in the environment (which wins)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast

from flask import current_app

from crosslinks.kernel.tokens import Keys, derive_keys

PREFIX = "CROSSLINKS_"
CONFIG_FILE = "config.toml"
MIN_SECRET_CHARACTERS = 32


class ConfigurationError(Exception):
    """A setting is missing or cannot be used; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that an operator can choose. Sizes are bytes, times are seconds. ``repr`` tells no secret."""

    instance: Path
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    redis_url: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    demo: bool = False
    demo_offset: float = 0
    writes_per_address: int = 5
    requests_per_client: int = 600
    bad_tokens_per_client: int = 30
    kept_pages: int = 500
    max_body: int = 1_000_000
    max_upload: int = 12_000_000
    testing: bool = False

    @cached_property
    def keys(self) -> Keys:
        """The purpose keys derived from the secret."""
        return derive_keys(self.secret_key)

    @property
    def uploads(self) -> Path:
        """Where re-encoded images live."""
        return self.instance / "uploads"

    @property
    def files(self) -> Path:
        """Where results of jobs wait for download, 24 hours at most."""
        return self.instance / "files"

    @property
    def secure(self) -> bool:
        """Whether visitors come over TLS."""
        return self.base_url.startswith("https://")


def _instance_folder(given: Mapping[str, Any]) -> Path:
    chosen = given.get("instance") or os.environ.get(PREFIX + "INSTANCE") or "instance"
    return Path(chosen).resolve()


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return {key.lower(): value for key, value in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} is not valid TOML: {error}") from error


def _networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    parts = value.replace(",", " ").split() if isinstance(value, str) else list(cast("list[Any]", value or []))
    try:
        return tuple(part if not isinstance(part, str) else ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise ConfigurationError(f"TRUSTED_PROXIES: {error}") from error


def _convert(name: str, value: Any) -> Any:
    kind = {f.name: f.type for f in fields(Settings)}[name]
    try:
        if kind == "int":
            return int(value)
        if kind == "bool":
            return value if isinstance(value, bool) else str(value).strip().lower() in {"1", "true", "yes", "on"}
        if kind == "Path":
            return Path(value)
        if kind == "float":
            return float(value)
    except ValueError as error:
        raise ConfigurationError(f"{name.upper()}: {error}") from error
    return _networks(value) if name == "trusted_proxies" else value


def load_settings(**given: Any) -> Settings:
    """Return the settings: ``given``, else the environment, else ``config.toml``, else the defaults.

    Raises ``ConfigurationError`` for an unknown or unusable setting, and without a secret.
    """
    instance = _instance_folder(given)
    known = {f.name for f in fields(Settings)}
    values = _read_file(instance / CONFIG_FILE)
    values |= {
        key.removeprefix(PREFIX).lower(): value
        for key, value in os.environ.items()
        if key.startswith(PREFIX) and key.removeprefix(PREFIX).lower() in known
    }
    values |= given
    values["instance"] = instance
    unknown = values.keys() - known
    if unknown:
        raise ConfigurationError(f"unknown setting {min(unknown).upper()}")
    values.setdefault("database_url", f"sqlite:///{instance / 'crosslinks.sqlite'}")
    converted = {name: _convert(name, value) for name, value in values.items()}
    if len(converted.get("secret_key") or "") < MIN_SECRET_CHARACTERS:
        raise ConfigurationError(
            f"SECRET_KEY is missing or shorter than {MIN_SECRET_CHARACTERS} characters: "
            "run `crosslinks init`, which makes one, or set CROSSLINKS_SECRET_KEY"
        )
    converted["base_url"] = str(converted.get("base_url", Settings.base_url)).rstrip("/")
    converted["database_url"] = _driver(converted["database_url"])
    return Settings(**converted)


def _driver(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def settings() -> Settings:
    """Return the settings of the running application."""
    return cast("Settings", current_app.extensions["crosslinks.settings"])
