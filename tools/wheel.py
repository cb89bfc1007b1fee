"""What a wheel carries besides the package: templates, migrations, and what set-up built."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {
    "templates": "crosslinks/templates",
    "migrations": "crosslinks/migrations",
    "static/dist": "crosslinks/static/dist",
    "build/translations": "crosslinks/translations",
}


class CarriedFiles(BuildHookInterface):
    """Adds the files to a wheel; in a checkout, where set-up installs a link, they are found where they lie."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        missing = [name for name in CARRIED if not (Path(self.root) / name).is_dir()]
        if missing:
            raise RuntimeError(f"{missing[0]} is not built: run `make setup` before building a wheel")
        build_data["force_include"].update(CARRIED)
