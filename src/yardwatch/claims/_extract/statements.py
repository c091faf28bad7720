"""Claims without a number: what was built, what state it is in, what moves, what is planned, what happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yardwatch.claims._extract.speakers import is_speech_verb
from yardwatch.claims._extract.text import Token
from yardwatch.claims._extract.vocabulary import words

__all__ = ["Stated", "hedged_in", "negated_in", "stated_in"]

_WORKS = words(
    """built build builds building constructed construct constructing construction reconstructed reconstructing
    reconstruction rebuilt rebuild rebuilding erected erecting razed raze demolished demolishing demolition
    dismantled dismantling expanded expanding expansion extended extending extension paved paving renovated
    renovating renovation refurbished refurbishment modernised modernized modernisation modernization upgraded
    upgrading upgrades upgrade laid relaid dug graded grading installed installing installation widened widening
    roofed completed excavated excavation excavating electrified electrification repaired repairing repairs repair
    replaced replacing groundwork earthworks earthwork cleared clearing foundations scaffolding torn fenced
    reroofed doubled added dredged dredging restored enlarged build lay lays repair install pave add adds widen
    demolish extend expand electrify deepen deepened deepening levelled leveled bulldozed poured converted
    converting relocated assembled dredge renovate rebuild reconstruct
    construct erect dismantle relay overhaul overhauled"""
)
_FACILITIES = words(
    """yard railyard station platform building structure bridge track canopy warehouse road area facility roof
    crossing wall terminal depot pier berth tunnel shed siding line railway railroad port apron checkpoint site
    complex centre center tower fence gate gantry crane hangar jetty quay spur ramp foundation signal storage
    house shelter shop workshop tank pipeline embankment span route infrastructure border platform dock zone
    canopy abutment pillar ground land tent frame post footbridge barrier camp berth channel sleeper office column
    equipment system monitor radiometer spectrometer scanner scanning gauge link warehouse barrack housing"""
)
_TRAFFIC = words(
    """train railcar wagon car locomotive traffic trade goods cargo freight shipment container activity vehicle truck
    fuel coal oil ore grain crate munition equipment passenger service export import ship vessel barge convoy
    material tarp tarpaulin boxcar tank hopper gondola movement delivery supply stockpile pile tanker ferry load
    unloading loading shunting operation bus consignment livestock horse weapon arms ammunition aid"""
)
_MOVES = words(
    """piling pile piled resumed resume resumes resuming resumption restarted restart restarting arrived arrive
    arriving arrives arrival departed depart departing departs departure unloaded unloading loaded loading shipped
    shipping delivered delivering transported transporting transport parked lined stacked stored crossed cross
    crossing crosses moved moving moves increased increase increasing increases surged surge decreased decrease
    declined decline dropped fell rose rising risen grew growth growing reaching reached doubled tripled halved
    quadrupled filled emptied cleared busy busier queued queuing waiting passing passes passed entering entered
    leaving left carrying carried covered covering exchanged shunted shunting sent sending transferred
    transferring observed seen visible flowing running runs ran operates gathered removed bustling accumulating
    accumulated allowing handled handling anchored moored docked berthed queue queues offloaded offloading
    dispatched exported imported stationed lying handles run held contained contains arrive shrunk shrank shrink
    swelled accumulate underway peaked spiked slowed returned recovered spotted hauled hauling"""
)
_STATES = words(
    """closed closes shut reopened reopen reopening reopens opened operational operating operated derelict abandoned
    idle empty vacant inactive disused unused dormant halted suspended suspension blocked sealed stopped ceased
    completed unfinished incomplete intact damaged destroyed flooded ruined functioning functional defunct vacated
    shut shuttered full untouched mothballed deserted overgrown rusting complete finished ready active working"""
)
_HAPPENINGS = words(
    """agreement agreements agreed treaty pact deal memorandum summit ceremony signed signing ratified ratification
    inaugurated inauguration groundbreaking visited visit visits met meeting talks announced announcement
    dedicated dedication unveiled launched launch derailed derailment collision explosion fire accident strike
    struck attack attacked commissioned opening protocol concluded contract"""
)
_STRONG = words(
    """signed ratified inaugurated groundbreaking dedicated summit treaty pact agreement agreements ceremony derailed
    derailment explosion concluded concluding visited visit commissioned agreed memorandum unveiled accident contract"""
)
_MODIFIERS = words("handling crossing loading unloading building transport operating shipping working cross")
_MODIFIED = words("border rail railway railroad level freight the new a")
_LEADING = words(
    """and but or that which while although though because with also then whereas so noting adding however moreover
    meanwhile additionally who"""
)
_TRAILING = words("noting adding and but or that to the a of in with also which as")
_STARTS = words("begun began begin started start starts commenced")
_OWNED = words("the its their a our")
_AHEAD = words(
    """will plan plans planned planning intends intend intended expected expects scheduled due aims aimed slated
    envisages envisaged foresees proposed proposes tender would shall"""
)
_LEVELS = words(
    """no unprecedented large dramatic abundance record heavy high higher low lower unusual significant brisk little
    intense renewed continued record more less light modest strong normal usual"""
)  # fmt: skip
_FLOWS = words("number numbers surge abundance level levels activity traffic trade throughput volume volumes")
_IN_STATE = frozenset({("out", "of"), ("in", "use"), ("in", "service"), ("under", "construction"), ("no", "longer")})
_PHRASES = frozenset({("set", "up"), ("put", "up"), ("put", "into"), ("torn", "down"), ("pulled", "down")})
_FACILITY_ENDS = ("bridge", "yard", "house", "shed", "way", "works")
_AUXILIARIES = words("is are was were has have had will would may might can could should been be does did do being")
_SPLITTERS = words(
    """and but or while whereas although though however because which who where when that as after with noting adding
    suggesting indicating including"""
)  # fmt: skip
_HEDGES = words(
    """appear appears appeared apparently seem seems seemed may might could possibly possible likely probably
    probable perhaps suggests suggest suggested suggesting reportedly allegedly alleged believed presumably
    potentially unconfirmed purportedly unclear indicating indicates indicate presumed suspected thought"""
)
_NEGATIONS = words(
    """not no never none neither nor without cannot didn't wasn't weren't isn't aren't hasn't haven't hadn't doesn't
    don't couldn't"""
)  # fmt: skip
_SHOWING = words("show shows showed shown reveal reveals revealed indicate indicates indicated suggest suggests")
_SOLE = frozenset({"only", "sole"})
_LEADS = words(
    """in on during at after since by before from following until throughout over under despite with this last about"""
)  # fmt: skip
_CUTS = words(
    """to which who that as so while although because whereas despite including such amid where when if for after
    according compared following between"""
)  # fmt: skip
_OPEN = frozenset('“"([')
_HARD = frozenset(';:—–()[]“”"•|')
_LONGEST = 120
"""Characters that a quote may go on for; what a person would call a clause."""
_LONGEST_LEAD = 70
_DASHES = frozenset("-–—")

_WORKS_DONE = frozenset(word for word in _WORKS if word.endswith(("ed", "built", "laid", "dug")))
_STATES_DONE = frozenset(word for word in _STATES | _MOVES if word.endswith("ed"))
_DONE = _WORKS_DONE | _STATES_DONE | {"put", "looks", "remains", "carries"}
_VERBS = _AUXILIARIES | _MOVES | _STATES | _WORKS
_NAMED = _FACILITIES | _TRAFFIC
_FINITE = _AUXILIARIES | {"appear", "appears", "seem", "seems"}
_LINKING = _AUXILIARIES - {"would", "might", "could", "can", "should", "do", "did", "does"}
_SOLE_ENDS = _AUXILIARIES | {"that", "which", "and", "but"}


@dataclass(frozen=True, slots=True)
class Stated:
    """A clause that claims something."""

    first: int
    """Index of its first token."""
    last: int
    """Index after its last token."""
    kind: str
    """One of the claim kinds but quantity."""
    measure: str
    """What it says, in few of its words."""
    is_sole: bool = False
    """Whether it says "the only …"."""
    is_weak: bool = False
    """Whether only its subject speaks for it, so that a quantity inside it says the same."""


def stated_in(tokens: Sequence[Token]) -> list[Stated]:
    """The clauses of a sentence that claim something about a place, in order."""
    found = [sole for first, last in _stretches(tokens) for sole in _soles(tokens, first, last)]
    for first, last in _clauses(tokens):
        stated = _classified(tokens, first, last)
        if stated is None or any(_repeats(stated, sole) for sole in found if sole.is_sole):
            continue
        found.append(stated)
    return sorted(found, key=lambda one: one.first)


def _repeats(stated: Stated, sole: Stated) -> bool:
    """Whether a clause says no more than "the only …" in it."""
    inside = sole.first <= stated.first and stated.last <= sole.last
    return inside or (stated.is_weak and stated.first < sole.last and sole.first < stated.last)


def hedged_in(tokens: Sequence[Token]) -> bool:
    """Whether words of reserve stand among the tokens ("May" as a month is none)."""
    return any(token.lower in _HEDGES and not token.text[0].isupper() for token in tokens)


def negated_in(tokens: Sequence[Token]) -> bool:
    """Whether it is said not to be so."""
    found = [token.lower for token in tokens]
    for i, word in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else ""
        if (word in _NEGATIONS or word.endswith("n't")) and following not in {"only", "fewer", "less", "more", "least"}:
            return True
        if word == "denied" or (word, following) in {("yet", "to"), ("failed", "to")}:
            return True
    return False


def _stretches(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Stretches between hard marks: quotation marks, brackets, colons, spaced dashes."""
    first = 0
    for i, token in enumerate(tokens):
        tight = token.text in _DASHES and 0 < i < len(tokens) - 1 and token.end == tokens[i + 1].start
        if ((token.text in _HARD or token.text in {"!", "?"} or token.text == "…") and not tight) or (
            token.text == "-" and i and token.start > tokens[i - 1].end and not tight
        ):
            if i > first:
                yield first, i
            first = i + 1
    if len(tokens) > first:
        yield first, len(tokens)


def _clauses(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Clauses: parts between commas and conjunctions, put together until each has a verb of its own."""
    for begin, end in _stretches(tokens):
        cuts = [begin]
        for i in range(begin + 1, end):
            if _is_cut(tokens, i, cuts[-1], end):
                cuts.append(i)
        cuts.append(end)
        parts: list[tuple[int, int]] = []
        for first, last in pairwise(cuts):
            if _is_reporting(tokens, first, last):
                yield from _joined(tokens, parts)
                parts = []
            else:
                parts.append((first, last))
        yield from _joined(tokens, parts)


def _is_reporting(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a part only says who speaks: "the report said on Monday"."""
    return last - first <= 9 and any(is_speech_verb(tokens, i) and last - i <= 5 for i in range(first + 1, last))


def _is_cut(tokens: Sequence[Token], i: int, begin: int, end: int) -> bool:
    """Whether a new part may begin at `i`."""
    if tokens[i - 1].text == ",":
        return True
    word = tokens[i].lower
    if tokens[i].text == "," or word not in _SPLITTERS:
        return False
    if word in {"that", "which", "who", "while", "whereas", "although", "though", "because", "noting", "suggesting"}:
        return i + 1 < end
    if word in {"and", "but", "or"}:
        return _is_clause_joint(tokens, i, begin, end)
    return False


def _is_clause_joint(tokens: Sequence[Token], i: int, begin: int, end: int) -> bool:
    """Whether the "and" at `i` joins clauses: a verb stands on its left, and one follows that is not of the left's."""
    if not _has_verb(tokens, begin, i) or any(
        token.lower in {"between", "both"} for token in tokens[max(begin, i - 6) : i]
    ):
        return False
    after = [token.lower for token in tokens[i + 1 : min(end, i + 3)]]
    if after and after[0] in {"only", "also", "then", "later", "now"}:
        after = after[1:]
    if after and after[0] in _DONE and after[-1] not in {"area", "yard"}:
        return True
    return _verb_soon(tokens, i + 1, min(end, i + 9))


def _verb_soon(tokens: Sequence[Token], i: int, end: int) -> bool:
    """Whether a clause with a finite verb follows: an auxiliary, before the next conjunction."""
    for token in tokens[i:end]:
        if token.lower in _AUXILIARIES:
            return True
        if token.text in {",", "."} or token.lower in {"and", "but", "or", "to", "of"}:
            return False
    return False


def _joined(tokens: Sequence[Token], parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Parts without a verb joined to the clause before them; a lead ("In June, …") to the one after."""
    clauses: list[tuple[int, int]] = []
    for first, last in parts:
        if (clauses and _goes_on(tokens, clauses[-1], first, last)) or (
            clauses and tokens[first].lower in _AUXILIARIES and tokens[first - 1].text == ","
        ):
            clauses[-1] = (clauses[-1][0], last)
        else:
            clauses.append((first, last))
    yield from clauses


def _goes_on(tokens: Sequence[Token], before: tuple[int, int], first: int, last: int) -> bool:
    """Whether a part belongs to the clause before it."""
    if not _has_verb(tokens, *before):
        return (
            _is_lead(tokens, *before)
            or tokens[before[1] - 1].text == ","
            or tokens[before[0]].lower in {"that", "which"}
        )
    return not _has_verb(tokens, first, last) or _is_lead_phrase(tokens, first, last)


def _is_lead(tokens: Sequence[Token], first: int, last: int) -> bool:
    return tokens[first].lower in _LEADS and tokens[last - 1].end - tokens[first].start <= _LONGEST_LEAD


def _is_lead_phrase(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a part is a short adverbial set between commas, verb-like words or not."""
    return (
        tokens[first].lower in {"with", "in", "on", "by"}
        and last - first <= 5
        and not any(token.lower in _AUXILIARIES for token in tokens[first:last])
    )


def _has_verb(tokens: Sequence[Token], first: int, last: int) -> bool:
    if any(pair in _PHRASES for pair in pairwise([token.lower for token in tokens[first:last]])):
        return True
    return any(
        token.lower in _VERBS or (token.lower.endswith("ed") and len(token.lower) > 4) for token in tokens[first:last]
    )


def _classified(tokens: Sequence[Token], first: int, last: int) -> Stated | None:
    """The clause as a claim, trimmed to what it says; None if it claims nothing of ours."""
    first = _after_speech(tokens, first, last)
    first, last = _stripped(tokens, first, last)
    if last - first < 3:
        return None
    strong = _kind_of(tokens, first, last)
    found = strong or _weak_kind_of(tokens, first, last)
    if found is None:
        return None
    kind, cue = found
    first, last = _trimmed(tokens, first, last, cue)
    first, last = _stripped(tokens, first, last)
    if last - first < 3:
        return None
    return Stated(first, last, kind, _measure(tokens, first, last, cue), is_weak=strong is None)


def _kind_of(tokens: Sequence[Token], first: int, last: int) -> tuple[str, int] | None:
    """The kind of a clause and the index of the word that shows it."""
    clause = _Clause.of(tokens[first:last])
    if ("would", "have") in set(pairwise(clause.words)):
        return None
    for kind, sign in (
        ("plan", _plan_sign),
        ("event", _event_sign),
        ("construction", _works_sign),
        ("status", _state_sign),
        ("activity", _move_sign),
        ("status", _traffic_state_sign),
    ):
        at = sign(clause)
        if at is not None:
            return kind, first + at
    return None


def _weak_kind_of(tokens: Sequence[Token], first: int, last: int) -> tuple[str, int] | None:
    """The kind of a clause without a telling word: a place or what moves is its subject, or a level is told."""
    clause = _Clause.of(tokens[first:last])
    if ("would", "have") in set(pairwise(clause.words)):
        return None
    at = _subject_is(clause.words)
    if at is not None:
        return ("status" if _named_by(clause.words[:at], _FACILITIES) else "activity"), first + at
    at = _index(clause.words, _FLOWS)
    return ("activity", first + at) if at is not None and _LEVELS & set(clause.words) else None


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause with what it is about."""

    words: Sequence[str]
    """In lower case."""
    place: bool
    """Whether it names a kind of place or building."""
    traffic: bool
    """Whether it names what moves or is moved."""

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> "_Clause":
        """The clause of these tokens."""
        low = [token.lower for token in tokens]
        nouns = {_stem(word) for word in low} | set(low)
        place = bool(nouns & _FACILITIES) or any(noun.endswith(_FACILITY_ENDS) for noun in nouns)
        return cls(low, place, bool(nouns & _TRAFFIC))


def _plan_sign(clause: _Clause) -> int | None:
    """Index of what is to be done, where something is still to come."""
    words = clause.words
    ahead = _ahead(words)
    works = _index(words, _WORKS)
    if ahead is None or not (clause.place or clause.traffic or works is not None or "work" in words):
        return None
    signs = [_index(words, cues) for cues in (frozenset({"work"}), _WORKS, _MOVES, _STATES, _HAPPENINGS)]
    act = next((at for at in signs if at is not None), None)
    if act is None:
        return ahead if clause.place and clause.traffic else None
    return max(ahead, act)


def _event_sign(clause: _Clause) -> int | None:
    happening = _index(clause.words, _HAPPENINGS)
    return happening if _is_event(clause.words, place=clause.place or clause.traffic) else None


def _works_sign(clause: _Clause) -> int | None:
    words = clause.words
    at = _index(words, _WORKS)
    if at is None:
        at = next((i for i, pair in enumerate(pairwise(words)) if pair in _PHRASES), None)
    if at is None and _STARTS & set(words):
        at = next((i for i, word in enumerate(words) if word in {"work", "works"}), None)
    if at is None or not (clause.place or "construction" in words) or _is_bare_noun(words, at):
        return None
    return None if words[at] in {"added", "adds", "add"} and not _AUXILIARIES & set(words) else at


def _state_sign(clause: _Clause) -> int | None:
    return _index(clause.words, _STATES) if clause.place else None


def _move_sign(clause: _Clause) -> int | None:
    at = _index(clause.words, _MOVES)
    if at is None:
        return None
    return at if clause.traffic or (clause.place and clause.words[at] in {"busy", "busier", "bustling"}) else None


def _traffic_state_sign(clause: _Clause) -> int | None:
    at = _index(clause.words, _STATES) if clause.traffic else None
    if at is None and (clause.place or clause.traffic):
        at = next((i for i, pair in enumerate(pairwise(clause.words)) if pair in _IN_STATE), None)
    return at


def _subject_is(words: Sequence[str]) -> int | None:
    """Index of the verb where a place or what moves is the subject: "the yard has become busier"."""
    for i, word in enumerate(words[:16]):
        near = words[max(0, i - 3) : i]
        if word in _LINKING and (_named_by(near, _FACILITIES) or _named_by(near, _TRAFFIC)):
            return i
    return None


def _named_by(words: Sequence[str], nouns: frozenset[str]) -> bool:
    return any(word in nouns or _stem(word) in nouns for word in words)


def _ahead(words: Sequence[str]) -> int | None:
    """Index of the word that says a thing is still to come."""
    for i, word in enumerate(words):
        following, then = (*words[i + 1 : i + 3], "", "")[:2]
        begins = following == "to" and then in {"be", "open", "start", "close"}
        if word == "would":
            found = following != "have" and "when" not in words[:i]
        elif word == "due":
            found = following != "to" or begins
        elif word in {"is", "are"}:
            found = begins
        else:
            found = word in _AHEAD or (word == "going" and following == "to")
        if found:
            return i
    return None


def _is_event(words: Sequence[str], *, place: bool) -> bool:
    """Whether a happening is told, not merely mentioned: with a verb, and of a place or between parties."""
    words = [
        word
        for i, word in enumerate(words)
        if not {"since", "after", "before", "following"} & set(words[max(0, i - 3) : i])
    ]
    acted = any(word in _AUXILIARIES or word.endswith("ed") or word in {"met", "held", "signing"} for word in words)
    return (acted or "concluding" in words) and (
        bool(_STRONG & set(words)) or (place and bool({"launched", "announced"} & set(words)))
    )


def _is_bare_noun(words: Sequence[str], at: int) -> bool:
    """Whether "building" is a house here and not a work."""
    return (
        words[at] in {"building", "extension", "replaced", "cleared"}
        and at > 0
        and words[at - 1] in {"a", "the", "this", "new", "main"}
    )


def _index(words: Sequence[str], cues: frozenset[str] | set[str]) -> int | None:
    """Index of the last cue that is no noun used as a modifier; the last verb mostly is the main one."""
    return next((i for i, word in enumerate(words) if word in cues and not _modifies(words, i)), None)


def _modifies(words: Sequence[str], i: int) -> bool:
    """Whether "handling" in "handling area" only names the area."""
    following = words[i + 1] if i + 1 < len(words) else ""
    if words[i] in {"cross", "record"} and following in _DASHES:
        return True
    if (
        words[i] in {"shipping", "loading", "unloading", "working", "operating", "moving"}
        and _stem(following) in _TRAFFIC
    ):
        return True
    named = _stem(following) in _FACILITIES or (i > 0 and words[i - 1] in _MODIFIED)
    return words[i] in _MODIFIERS and named


def _stem(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _after_speech(tokens: Sequence[Token], first: int, last: int) -> int:
    """Index after "38 North said that" and the like, where that opens the clause."""
    for i in range(first, min(last, first + 14)):
        if is_speech_verb(tokens, i) and last - i > 4 and tokens[i].lower != "denied":
            return i + 2 if tokens[i + 1].lower == "that" else i + 1
        if tokens[i].lower in _SHOWING and last - i > 4:
            after = [token.lower for token in tokens[i + 1 : last]]
            if after[0] == "that":
                return i + 2
            if i - first <= 4 and _FINITE & set(after[:12]):
                return i + 1
    return first


def _stripped(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Without marks and joining words at either end."""
    while first < last and (not tokens[first].text[0].isalnum() or tokens[first].lower in _LEADING):
        first += 1
    while last > first and (not tokens[last - 1].text[-1].isalnum() or tokens[last - 1].lower in _TRAILING):
        last -= 1
    return first, last


def _trimmed(tokens: Sequence[Token], first: int, last: int, cue: int) -> tuple[int, int]:
    """A clause cut to what a person would quote: about the cue, at words where a phrase begins."""
    limit = tokens[first].start + _LONGEST
    if tokens[last - 1].end > limit:
        for i in range(cue + 3, last):
            if (tokens[i].lower in _CUTS or tokens[i].text == "," or tokens[i].lower == "and") and tokens[
                i - 1
            ].end - tokens[first].start > _LONGEST // 2:
                last = i
                break
    if tokens[last - 1].end - tokens[first].start > _LONGEST:
        commas = [i for i in range(first, cue) if tokens[i].text == ","]
        if commas:
            first = commas[-1] + 1
    return first, last


def _measure(tokens: Sequence[Token], first: int, last: int, cue: int) -> str:
    """The cue with the noun it is about."""
    word = tokens[min(cue, last - 1)].lower
    nouns = [token.lower for token in tokens[first:last] if _stem(token.lower) in _NAMED]
    near = next((noun for noun in nouns if noun != word), None)
    return f"{near} {word}" if near else word


def _soles(tokens: Sequence[Token], first: int, last: int) -> Iterator[Stated]:
    """As in "the only land link between the countries", "its sole rail crossing"."""
    for i in range(first, last - 1):
        if tokens[i].lower not in _SOLE or (i > first and tokens[i - 1].lower not in _OWNED):
            continue
        end = i + 1
        while end < last and tokens[end].text != "," and tokens[end].lower not in _SOLE_ENDS:
            if tokens[end].lower == "and" and end + 1 < last:
                break
            end += 1
        end = _with_pair(tokens, end, last)
        while end > i and not tokens[end - 1].text[-1].isalnum():
            end -= 1
        if {_stem(token.lower) for token in tokens[i:end]} & _FACILITIES:
            begin = i - 1 if i > first else i
            yield Stated(begin, end, "status", "sole " + tokens[end - 1].lower, is_sole=True)


def _with_pair(tokens: Sequence[Token], end: int, last: int) -> int:
    """As in "between Russia and North Korea" is not cut at its "and"."""
    if end < last and tokens[end].lower == "and" and any(t.lower == "between" for t in tokens[max(0, end - 5) : end]):
        end += 1
        while end < last and (tokens[end].text[0].isupper() or tokens[end].lower == "the"):
            end += 1
    return end
