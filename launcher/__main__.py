"""`python -m launcher setup|train|prepare|run|talk|publish|rollback`; `make help` says what for."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from launcher.setup import SetupFailed, setup


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    verbs = ("setup", "train", "prepare", "run", "talk", "publish", "rollback")
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("release", nargs="?", help="the release to go back to")
    parser.add_argument("--job", type=int, help="go on with a publication that the desk asked for")
    parser.add_argument(
        "--development", action="store_true", help="also what tests and checks need"
    )
    parser.add_argument(
        "--only", action="append", default=[], choices=("gateway", "engine", "editor"),
        help="run this part of several machines; may be given more than once",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, _told_to_end)
    try:
        return _do(args)
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1


def _told_to_end(number: int, _frame: FrameType | None) -> None:
    """Leave as Ctrl+C does, so that what was started is ended too."""
    sys.exit(128 + number)


def _do(args: argparse.Namespace) -> int:
    """Import late: `setup` must run before anything it installs is there."""
    if args.verb == "setup":
        setup(args.development)
        return _built()
    from launcher import run, talk, train

    if args.verb == "run":
        return run.run(args.only)
    if args.verb == "prepare":
        return run.prepare()
    if args.verb == "talk":
        return talk.talk()
    if args.verb in ("publish", "rollback"):
        from launcher import publish

        return publish.main(args.verb, args.release, args.job)
    try:
        made = train.release(train.chosen(), args.force)
    except train.TrainingFailed as error:
        raise SetupFailed(str(error)) from error
    print(f"release {made.id} is the one that runs")
    return 0


def _built() -> int:
    """Build the widget; without it everything else still works."""
    from launcher import widget

    try:
        widget.build()
    except SetupFailed as error:
        print(error, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
