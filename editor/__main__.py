"""`python -m editor`: serve the desk, or invite somebody by a one-time link."""

from __future__ import annotations

import argparse
import sys

import uvicorn

from bot.settings import Settings, settings
from directory.database import engine as open_database
from editor.accounts import ROLES, Accounts, Refused


def main() -> int:
    parser = argparse.ArgumentParser(prog="editor", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="serve the desk at CYSWLLT_HOST and CYSWLLT_EDITOR_PORT")
    guest = verbs.add_parser("invite", help="print a one-time link, good for two days")
    guest.add_argument("email")
    guest.add_argument("name")
    guest.add_argument("--role", choices=ROLES, default="editor")
    args = parser.parse_args()
    return _serve(settings()) if args.verb == "serve" else _invite(settings(), args)


def _serve(chosen: Settings) -> int:
    uvicorn.run(
        "editor.app:create",
        factory=True,
        host=chosen.host,
        port=chosen.editor_port,
        access_log=False,  # one-time links stand in addresses
        server_header=False,
    )
    return 0


def _invite(chosen: Settings, args: argparse.Namespace) -> int:
    accounts = Accounts(open_database(chosen.database_url))
    accounts.create()
    try:
        token = accounts.invite(args.email, args.name, args.role)
    except Refused:
        print("That is not an email address and a name as Git can keep them.", file=sys.stderr)
        return 1
    print(f"http://{chosen.host}:{chosen.editor_port}/editor/welcome/{token}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
