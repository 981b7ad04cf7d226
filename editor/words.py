"""Words that are right though no dictionary has them: names, dialect, new words."""

from __future__ import annotations

from bot.language import Language
from bot.spelling import own_list
from editor.drafts import CannotSave, Drafts

LONGEST_WORD = 40


def learn(drafts: Drafts, language: Language, word: str, who: str) -> None:
    """Add *word* to the list of its language as one commit; one that is there changes nothing."""
    word = word.strip().lower()
    if not word.isalpha() or len(word) > LONGEST_WORD:
        raise CannotSave("bad_text")
    with drafts.saving():
        path = own_list(language, drafts.content)
        known = path.read_text("utf-8").split()
        if word not in known:
            listed = "".join(f"{each}\n" for each in sorted([*known, word]))
            drafts.commit({path: listed}, who, f"word: {word} ({language.value})")
