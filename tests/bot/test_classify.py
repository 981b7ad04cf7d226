"""The topic model as it runs in Rasa's environment: an editor's example does not change how sure it is of the rest."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from launcher.setup import ENGINE, PYTHON

ROOT = Path(__file__).parents[2]
DEALT = """
import json, sys
from bot.classify import dealt
said = [f"neges {number}" for number in range(1000)]
places = [[{texts[at] for at in part} for part in dealt(texts)] for texts in (said, ["un arall", *said])]
moved = [len(one ^ other) for one, other in zip(*places)]
print(json.dumps([*moved, *map(len, places[0])]))
"""


def test_one_more_example_leaves_the_others_where_certainty_is_measured() -> None:
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-c", DEALT], capture_output=True, text=True, check=True, cwd=ROOT
    )
    learned_moved, tried_moved, learned, tried = json.loads(done.stdout)
    assert (learned, tried) == (250, 50)
    assert learned_moved <= 2
    assert tried_moved <= 2
