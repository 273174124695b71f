"""A real lab with a class, in a process: `python -m tests.class_lab PORT NAME …`; the state is SLIPWAY_STATE's.

Its first line is JSON: the token, and each learner's id and secret by name, as if they had joined on the page.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - everything after the patch, or sockets would block the loop
import sys  # noqa: E402

from app import Lab  # noqa: E402
from slipway.engine import host  # noqa: E402
from slipway.settings import from_env  # noqa: E402
from slipway.web.security.auth import Authenticator  # noqa: E402


def main(port: int, names: list[str]) -> None:
    """Serve until ended; what it made in Docker stays for `lab down`."""
    lab = Lab(host.with_engine_address(from_env(port=port, classroom=True)))
    people = [lab.classroom.join(name, lab.classroom.code) for name in names]
    access = Authenticator(lab.settings.token)
    secrets = {one.name: {"learner": one.learner, "secret": access.secret(one.learner)} for one in people}
    lab.start()
    lab.serve(lambda: print(json.dumps({"token": lab.settings.token, "people": secrets}), flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
