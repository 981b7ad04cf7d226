"""What narrows a search that has been made: "only phone lines", "yn nes", "free ones"; pure.

A refinement is an id, never words: it is all that is kept of what was said.
"""

from __future__ import annotations

import re

from bot.words import fold, tokens

ALL = "all"
"""Takes every other refinement away."""
LONGEST = 10
"""Words of a message that may only refine: a longer one asks something of its own."""
_SAID = {
    "phone": r"(tele)?phone (lines?|numbers?|calls?|ones?)|(over|by|on) (the )?phone|helplines?|hotlines?"
    r"|(i|we|you) can (ring|phone|call)|to (ring|phone|call)|(only )?phone( only)?$"
    r"|l?linell(au)?( (g|ng|ngh)?ymorth)?( ffon)?|(dros|ar|drwy) y ffon|rhif(au)? ffon|gyda ffon"
    r"|(alla|galla|ga|gallaf) i (eu )?(ffonio|ringo)|i('| )?w ffonio|i ffonio|^(dim ond )?ffon$",
    "free": r"(for )?free( of charge)?|no charge|(do|does|don't|doesn't|without) (it |they |that )?"
    r"(cost(ing)?|charg(e|ing))( anything| money)?|(rhad ac )?am ddim|heb (dalu|gost)|dim cost|di-?dal",
    "open_now": r"(still )?open( (right |just )?(now|at the moment|currently))?"
    r"|ar agor( (nawr|rwan|ar hyn o bryd|o hyd|y funud (yma|hon)))?|agored nawr",
    "in_welsh": r"welsh[- ]speak(ing|ers?)|speaks? welsh|(ones?|someone|somebody|anyone|service|services|help|support) in welsh"
    r"|siarad cymraeg|siaradwyr cymraeg|(rhai|rhywun|rywun|llinell|gwasanaethau?) (yn gymraeg|cymraeg)|cymraeg ei (h)?iaith",
    "any_language": r"(in )?english ('s|is|would be|will be) (fine|ok(ay)?|all ?right|good|no problem)"
    r"|english will do|(does|do|doesn't|don't|need)( not|n't)? ?(have to|need to) be (in )?welsh"
    r"|(yn )?saesneg yn (iawn|ok|oce)|iawn yn saesneg|saesneg (neith|wneith|wnaiff|yn gwneud) y tro"
    r"|dim (ots|rhaid) .{0,25}(cymraeg|gymraeg)",
    "child": r"for (a |the |my |our |young )?(children|kids|child|little ones?|bab(y|ies)|teenagers?|teens|people|boy|girl|son|daughter)"
    r"|(i|ar gyfer) ('?r |y |fy )?(plant|blant|mhlant|plentyn|blentyn|mhlentyn|pobl ifanc|bobl ifanc|arddegau|mab|merch|hogyn|hogan|bachgen|ferch)",
    "near": r"near(er|est|by| by)?( (to )?(me|us|home))?|clos(er|est)( (to )?(me|us|home))?|(more )?local(ly)?|round here"
    r"|(yn )?(nes|agosach)( (ata|at) i| atom ni| at adre| i adre)?|(yr )?agosaf?|(yn )?lleol|(yn )?agos( ata i)?|ffordd yma",
    ALL: r"all of (them|it)|every one|everything|show (me )?(them )?all|pob un|bob un|y cwbl( lot)?|popeth|i gyd",
}  # fmt: skip
_FOUND = {name: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for name, pattern in _SAID.items()}
_ENGLISH = """
    a about also an and any anyone anything are be but can could do does for get got has have how i if im in is
    it just like list me my need of on one ones only or please pls plz prefer services service places show
    some someone somebody something than that the them then there these they this those to too us want we what
    which who with would you s m d ve re ok okay yes no actually but ideally instead lines line number
"""
_WELSH = """
    ac am angen ar ata be beth chi da dda dangos dangoswch dim di dw dwi eich ella eu fe fi fo ga gai galla gen
    gennych gennyf gynnoch gwasanaeth gwasanaethau gwell well gwelwch gyda hefyd hi hoffwn i ie iawn isie isio
    eisiau jyst llefydd mae ma mi mond moyn na n nhw nw neu o oes ohonyn ond os plis r rai rhai rhain rheina
    rhein rhyw rhywun rywun rhywbeth rywbeth rhwbath rwbath rhywle sgynnoch sgen sy sydd syn te ta ti un unrhyw
    w wy wi y ych yr ydi ydy ydyn yn yna yw yma yno u ch
"""
_IDLE = frozenset([*_ENGLISH.split(), *_WELSH.split()])
"""Words that ask for nothing by themselves."""
_ONLY_WHOLE = frozenset({"child", ALL})
"""What means something else in a longer message: "money for the kids"."""


def refinements(text: str) -> frozenset[str]:
    """Return the refinements that *text* names, whatever else it says."""
    found = {name for name, pattern in _FOUND.items() if pattern.search(fold(text))}
    return frozenset(found if refines(text) else found - _ONLY_WHOLE)


def refines(text: str) -> bool:
    """Say whether *text* does nothing but refine: no word in it asks for anything else."""
    said = fold(text)
    if len(tokens(said)) > LONGEST or not any(each.search(said) for each in _FOUND.values()):
        return False
    for pattern in _FOUND.values():
        said = pattern.sub(" ", said)
    return all(word.strip("'-") in _IDLE for word in tokens(said))
