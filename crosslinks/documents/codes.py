"""How large a ticket's code is printed; ``registration.codes`` says what it looks like."""

from __future__ import annotations

from crosslinks.registration.codes import MODULES, QUIET_MODULES

SYMBOL_MM = 30.0
QUIET_MM = SYMBOL_MM * QUIET_MODULES / MODULES
