#!/bin/sh
# The desk works on a clone of its own, in the folder it is started in: made the first time from the image's.
set -eu
image=${1:-/srv/cyswllt}
test -d .git || git clone -q "$image" .
ln -sfn "$image/.venv" .venv
ln -sfn "$image/.venv-rasa" .venv-rasa
exec .venv/bin/python -m launcher run --only editor
