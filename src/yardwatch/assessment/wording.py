"""ICD 203 words for probabilities, and the check that no sentence mixes likelihood with confidence."""

import re

from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Assessment, Likelihood

__all__ = ["checked", "identity", "in_words", "likelihood_of", "mixed_sentences", "quoted", "rule_of"]

_EDGES = (
    (0.05, Likelihood.ALMOST_NO_CHANCE),
    (0.20, Likelihood.VERY_UNLIKELY),
    (0.45, Likelihood.UNLIKELY),
)
_QUOTE = re.compile("“[^”]*”")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CONFIDENCE = re.compile(r"\bconfiden", re.IGNORECASE)
_LIKELIHOOD = re.compile(
    r"\b(?:un)?likel|\bchances?\b|\b(?:im)?probab|\balmost certain|\bnearly certain|\bremote\b|\bodds\b", re.IGNORECASE
)
_CAUSE = re.compile(r"\bcaus(?:e|es|ed|ing|al|ation)\b", re.IGNORECASE)


def likelihood_of(probability: float) -> Likelihood:
    """The ICD 203 word for a probability.

    The ranges are 1–5, 5–20, 20–45, 45–55, 55–80, 80–95 and 95–99 %. A number on an edge takes the word nearer to an
    even chance, and what lies beyond 1 or 99 % the outermost word, so that a probability and its complement get
    opposite words.

    Raises
    ------
    MisuseError
        If it is not between 0 and 1.

    References
    ----------
    Office of the Director of National Intelligence, Intelligence Community Directive 203, Analytic Standards (2 January
    2015), section D.6.e(2)(a).
    """
    if not 0 <= probability <= 1:
        raise MisuseError(f"a probability of {probability} is none; give one between 0 and 1")
    near = round(min(probability, 1 - probability), 9)
    word = next((word for edge, word in _EDGES if near < edge), Likelihood.ROUGHLY_EVEN)
    return word if probability <= 0.5 else _OPPOSITE[word]


def rule_of(probability: float, why: str) -> str:
    """The sentence that says which rule gave a word, with its numbers."""
    low, high = likelihood_of(probability).percent
    return f"{why} gives {probability:.2f}; ICD 203 calls {low}–{high} % “{likelihood_of(probability).value}”."


def in_words(likelihood: Likelihood) -> str:
    """The beginning of a sentence with that word: ``It is likely that``."""
    match likelihood:
        case Likelihood.ALMOST_NO_CHANCE:
            return "There is almost no chance that"
        case Likelihood.ROUGHLY_EVEN:
            return "There is a roughly even chance that"
    return f"It is {likelihood.value} that"


def quoted(text: str) -> str:
    """Words of others between quotation marks, on one line and without such marks of their own."""
    return "“" + " ".join(text.replace("“", "").replace("”", "").split()) + "”"


def identity(*parts: str) -> str:
    """An id that follows from what an assessment is about."""
    return ":".join("-".join(re.findall(r"[\w.~/]+", part.casefold())) for part in parts if part)


def mixed_sentences(text: str) -> tuple[str, ...]:
    """Sentences that speak of both likelihood and confidence; what stands in “…” is others' and is left out."""
    sentences = _SENTENCE.split(_QUOTE.sub("“”", text))
    return tuple(s for s in sentences if _CONFIDENCE.search(s) and _LIKELIHOOD.search(s))


def checked(assessment: Assessment) -> Assessment:
    """The assessment, if its words keep to the rules.

    ICD 203, section D.6.e(2)(b): a confidence level and a degree of likelihood must not stand in one sentence. And
    nothing here shows causes, so no sentence of ours says so.

    Raises
    ------
    MisuseError
        If a sentence mixes the two, or speaks of causes.
    """
    texts = (
        assessment.conclusion,
        assessment.rule,
        assessment.because,
        *assessment.alternatives,
        *assessment.would_change,
    )
    for text in texts:
        if mixed_sentences(text):
            raise MisuseError(f"{assessment.id}: {text!r} mixes likelihood and confidence; make two sentences of it")
        if _CAUSE.search(_QUOTE.sub("", text)):
            raise MisuseError(f"{assessment.id}: {text!r} speaks of causes; say what came before and after")
    return assessment


_OPPOSITE = {
    Likelihood.ALMOST_NO_CHANCE: Likelihood.ALMOST_CERTAIN,
    Likelihood.VERY_UNLIKELY: Likelihood.VERY_LIKELY,
    Likelihood.UNLIKELY: Likelihood.LIKELY,
    Likelihood.ROUGHLY_EVEN: Likelihood.ROUGHLY_EVEN,
}
