"""The child that answers HTTP: Granian, as this project runs it (``python -m crosslinks.serve.http OPTIONS``).

The application is loaded once, before the workers are forked, so that they share its memory.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

from crosslinks.serve.server import make_server
from crosslinks.serve.supervisor import die_with_parent
from crosslinks.serve.wsgi import application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def enter_worker(_target: str) -> WSGIApplication:
    """Begin a worker process: it ends together with the server's main process."""
    parent = os.getppid()
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    return application


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    make_server(json.loads(sys.argv[1])).serve(target_loader=enter_worker)
