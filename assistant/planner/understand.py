"""From a question's words to what it asks for, or to what stood in the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from assistant.planner.asked_for import asks_to_act, mistaken
from assistant.planner.context import Context, pointed_at
from assistant.planner.documented import asked_of_documents
from assistant.planner.followups import leans_back, read_follow_up
from assistant.planner.frame import Frame, World
from assistant.planner.intents.about import read_definition, read_knowledge, read_model, read_status
from assistant.planner.intents.comparing import read_comparison
from assistant.planner.intents.customer import read_customer
from assistant.planner.intents.loan import read_loan
from assistant.planner.intents.loans import read_loans
from assistant.planner.intents.members import read_members, read_several
from assistant.planner.intents.metrics import read_metrics
from assistant.planner.intents.modelled import read_forecast, read_list
from assistant.planner.intents.moves import read_moves
from assistant.planner.intents.ranking import read_ranking
from assistant.planner.intents.sets import read_set
from assistant.planner.intents.stressing import read_stress
from assistant.planner.intents.supposing import read_supposition
from assistant.planner.leaning import closes_pointing, leans, narrows, of_concept, of_place, those_listed
from assistant.planner.lexicon import Kind, Lexicon, Meaning
from assistant.planner.listed import loans_spoken_of
from assistant.planner.reading import Reading
from assistant.planner.rewriting import going_on
from assistant.planner.spans import Recogniser, Span
from assistant.planner.spoken_of import of_its_list, of_the_model, read_spoken_of
from assistant.planner.synonyms import otherwise, without_light
from assistant.planner.text import phrase
from assistant.planner.words import table
from knowledge.query import Filter

Reader = Callable[[Reading, World], Frame | None]
_Try = Callable[[Reading], Frame | None]

_SQL = re.compile(r"\s*(?:select|with)\b.*\bfrom\b|\s*select\s+[\d('*]", re.IGNORECASE | re.DOTALL)
_ASKING = re.compile(r"\b(?:calculated?|computed?|worked out|work out|(?:the )?meaning of|meant by)\b", re.IGNORECASE)
#: How often a question is put in other words.
_TRIES = 2
#: Words of the longest question that is read.
LONGEST = 80
#: Kinds of meaning that make a question one of its own, and what is said of one that has none.
_WHOLE_OF_ITSELF: tuple[Kind, ...] = ("metric", "activity", "modelled", "topic", "customer")
_LOST = "I did not understand the question before, so I cannot tell what this one goes on from; ask it in full"
#: Where a question may be cut in two.
_CUTS = re.compile(
    r"\s*[;?]\s+(?:and\s+)?(?:also\s+)?(?=\S)|,?\s+(?:and\s+also|and\s+then|as\s+well\s+as|plus|and)\s+", re.IGNORECASE
)

#: Where one sentence ends and the next begins, how one that only tells of the asker begins, and what it may not name.
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_ASIDE = re.compile(r"(?:i|we|my|our|boss|sir|someone|somebody|they|he|she|this|it)\b[^?]*$", re.IGNORECASE)
_OF_BOOKS = frozenset(
    {"metric", "dimension", "value", "absent", "number", "ordinal", "time", "customer", "modelled", "activity", "later"}
)
#: Two figures, each with what it is split by: "outstanding by city and customers by state".
_TWICE = re.compile(r"\bby \w+(?: \w+)? and (?!by\b)[\w ]+? by \w+", re.IGNORECASE)
#: How what goes on about the same things begins, which is no question of its own.
_PREDICATE = re.compile(
    r"\s*(?:an? |any |some |also |are |is |have |has |had |were |was "
    r"|likely\b|unlikely\b|at risk|about to|going to|not |never |no )",
    re.IGNORECASE,
)
#: Kinds of question in the order they are tried. The first that accounts for every word wins.
READERS: tuple[Reader, ...] = (
    read_supposition, read_stress, read_comparison, read_loans, read_ranking, read_forecast, read_list, read_definition,
    read_customer, read_loan, read_moves, read_set, read_several, read_metrics, read_members, read_model,
    read_status, read_knowledge,
)  # fmt: skip
#: Those that a database of one's own is asked in: it has neither borrowers nor models nor rules.
OWN_READERS: tuple[Reader, ...] = (read_definition, read_metrics, read_status)


@dataclass(frozen=True)
class Understood:
    """What is asked for, the words read as others, and those of a question to the documents that are not known."""

    frames: tuple[Frame, ...]
    mended: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotUnderstood:
    """What stood in the way.

    Attributes
    ----------
    words
        Words that nothing accounts for.
    later
        Names of capabilities that are not built yet and that the question leans on.
    notes
        What was noticed on the way, as clauses.
    """

    words: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Understanding:
    """Reads single questions.

    Parameters
    ----------
    world
        What there is to ask about.
    lexicon
        What words can mean.
    recogniser
        Finds the spans.
    """

    def __init__(self, world: World, lexicon: Lexicon, recogniser: Recogniser) -> None:
        self.world = world
        self._lexicon = lexicon
        self._recogniser = recogniser
        self._readers = READERS if world.words.of_house else OWN_READERS

    def read(self, question: str, context: Context | None = None, unread: str = "") -> Understood | NotUnderstood:
        """Read a question, in the light of the turns before.

        Parameters
        ----------
        unread
            The question just before, where it was not understood: what leans on it says nothing.
        """
        question = of_place(going_on(question), context) if context is not None else question
        if unread and self._leans(question) and not (context is not None and self._changes_nothing(unread)):
            if not self._names_a_figure(question):
                return NotUnderstood(notes=(_LOST,))
            context = None
        return self._read(question, context, _TRIES)

    def _read(self, question: str, context: Context | None, tries: int) -> Understood | NotUnderstood:
        if _SQL.match(question):
            return Understood((Frame("sql", text=question.strip().rstrip(";")),))
        if len(question.split()) > LONGEST:
            return NotUnderstood(notes=("that is longer than I can follow; ask one thing at a time",))
        if _TWICE.search(question) and (apart := self._parts(question, context)):
            return apart
        whole = self._as_asked(question, self._single(question, context))
        if isinstance(whole, Understood):
            return whole
        parts = self._parts(question, context)
        if parts is not None:
            return parts
        for other, told in self._said_otherwise(question, whole, context) if tries else ():
            read = self._as_asked(question, self._read(other, context, tries - 1)) if other else whole
            if isinstance(read, Understood):
                return replace(read, mended={**told, **read.mended})
        return self._to_documents(question) or whole

    def _as_asked(self, question: str, read: Understood | NotUnderstood) -> Understood | NotUnderstood:
        """Return what was read, unless it would tell another kind of thing than the question asks for."""
        other = mistaken(question, read.frames[0], self.world) if isinstance(read, Understood) else ""
        return NotUnderstood(notes=(f"{other} is asked for, and what I read would tell another",)) if other else read

    def _leans(self, question: str) -> bool:
        """Whether a question says that it goes on from the one before, and points at no row of a list."""
        reading = Reading(self._recogniser.spans(going_on(question)).spans, self.world.words)
        return leans_back(reading) and not any(span.position for span in reading.spans)

    def _changes_nothing(self, unread: str) -> bool:
        """Whether a question that was not understood leaves the one before standing: it leant on it or said nothing."""
        return self._leans(unread) or self._says_nothing(unread)

    def _names_a_figure(self, question: str) -> bool:
        spans = self._recogniser.spans(question).spans
        return any(span.has(kind) for span in spans for kind in _WHOLE_OF_ITSELF)

    def _to_documents(self, question: str) -> Understood | None:
        """Return a question about rules or words as one for the documents: they answer it, or hold nothing on it."""
        reading = Reading(self._recogniser.spans(question).spans, self.world.words)
        asked = asked_of_documents(question, reading)
        if not asked:
            return None
        unread = tuple(span.text for span in reading.spans if not span.meanings)
        return Understood((Frame("knowledge", text=asked),), unread=unread)

    def _said_otherwise(
        self, question: str, failure: NotUnderstood, context: Context | None
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the question without what tells of the asker, in known words, and without those that tell nothing."""
        yield self._without_asides(question), {}
        if asks_to_act(question):
            return
        read, told = otherwise(question, partial(self._needed, failure), self._recogniser.names(question))
        if told:
            yield read, told
        left = self._single(read, context) if told else failure
        if isinstance(left, NotUnderstood) and not self._to_documents(question):
            short, dropped = without_light(read, left.words)
            yield (short, {**told, **dropped}) if dropped else ("", {})

    def _needed(self, failure: NotUnderstood, written: str) -> bool:
        """Whether a word has a meaning that the question needs: nothing but the failure speaks against it."""
        kinds = {meaning.kind for meaning in self._lexicon.means(phrase(written))}
        return bool(kinds - {"term"}) and written not in failure.words

    def means(self, written: str) -> tuple[Meaning, ...]:
        """What a phrase can mean as a whole, and the times, numbers and customers in it."""
        spans = self._recogniser.spans(written).spans
        times = [Meaning("time") for span in spans if span.time]
        numbers = [Meaning("number") for span in spans if span.quantity]
        customers = [Meaning("customer") for span in spans if span.customer]
        return (*self._lexicon.means(phrase(written)), *times, *numbers, *customers)

    def resembling(self, word: str) -> tuple[str, ...]:
        """Return known words that ``word`` may be a misspelling of."""
        return self._recogniser.resembling(word)

    def _single(self, question: str, context: Context | None) -> Understood | NotUnderstood:
        found = self._recogniser.spans(question)
        spans, notes = pointed_at(found.spans, context)
        if context is not None and (said := of_concept(question, found.spans, self._concept(context))):
            return self._single(said, None)  # whatever comes of it: "it" without what it stands for says nothing
        reading = Reading(spans, self.world.words, notes)
        readers: list[_Try] = [partial(_reader, reader, self.world) for reader in self._readers]
        fresh = list(readers)
        if context is not None:
            lost = partial(_pointing_at_nothing, closes_pointing(reading), narrows(reading, context))
            readers = [partial(lost, reader) for reader in fresh]
            follow_up = partial(_following, self.world, context)
            loans = loans_spoken_of(self.world, context) is not None
            readers.insert(0 if leans(reading, context, loans=loans) else len(readers), follow_up)
            readers.insert(0, partial(_spoken_of, self.world, context))
        outcome = self._of_those(reading, context, readers, fresh)
        if outcome is None:
            outcome = _first_complete(reading, readers)
        if isinstance(outcome, NotUnderstood):
            return outcome
        if context is not None:
            outcome = of_the_model(outcome, reading, self.world, context.frame)
        frames = tuple(of_its_list(self._finished(frame, question), context) for frame in _apart(outcome))
        return Understood(frames, dict(found.mended))

    def _with_noun(self, reading: Reading, those: Reading) -> Reading:
        """Return a question with "customers" in the place of the word that points at them."""
        place = next(span for span in reading.spans if span not in those.spans)
        noun = replace(self._recogniser.spans("customers").spans[0], start=place.start, end=place.end)
        return Reading(sorted([*those.spans, noun], key=lambda span: span.start), those.words, those.notes)

    def _concept(self, context: Context | None) -> Span | None:
        """Return the concept with figures of its own that was asked about before: "what is SMA-1"."""
        if context is None or context.frame.intent != "knowledge":
            return None
        spans = self._recogniser.spans(context.frame.text).spans
        found = [s for s in spans if s.has("metric") and not s.has("dimension")]
        return found[0] if len(found) == 1 else None

    def _of_those(
        self, reading: Reading, context: Context | None, readers: list[_Try], fresh: list[_Try]
    ) -> Frame | NotUnderstood | None:
        """Read a question about the customers of the list before; None where it is about something else."""
        pointing = bool(reading.cues("list_anaphor"))
        loans = context is not None and loans_spoken_of(self.world, context) is not None  # not of whose they are
        those = None if loans or (leans_back(reading) and not pointing) else those_listed(reading, context)
        if those is None or context is None:
            return None
        spoken = _first_complete(reading, readers[:1])  # "how do they differ" is of the customers themselves
        listed = _of_listed(_first_complete(those, fresh), context)
        if isinstance(listed, NotUnderstood):  # "which of them did not log in": which customers
            listed = _of_listed(_first_complete(self._with_noun(reading, those), fresh), context)
        if pointing and isinstance(listed, NotUnderstood):
            return None
        return spoken if isinstance(spoken, Frame) else listed

    def _without_asides(self, question: str) -> str:
        """Return the question without sentences that only tell of the asker; empty where there are none.

        Such a sentence asks nothing and names nothing of the books: "I have to plan my field team."
        """
        sentences = [part for part in _SENTENCE.split(question.strip()) if part]
        kept = [part for part in sentences if not (_ASIDE.match(part) and self._says_nothing(part))]
        return " ".join(kept) if 0 < len(kept) < len(sentences) else ""

    def _says_nothing(self, sentence: str) -> bool:
        spans = self._recogniser.spans(sentence).spans
        return not any(meaning.kind in _OF_BOOKS for span in spans for meaning in span.meanings)

    def _parts(self, question: str, context: Context | None) -> Understood | None:
        """Read two questions in one, where each part is understood for itself."""
        for cut in _CUTS.finditer(question):
            first = self._as_asked(question[: cut.start()], self._single(question[: cut.start()], context))
            if isinstance(first, NotUnderstood):
                continue
            if _PREDICATE.match(question[cut.end() :]):
                continue  # "riskiest and also likely to leave": of the same customers, no question of its own
            second = self._as_asked(question[cut.end() :], self._single(question[cut.end() :], None))
            if isinstance(second, Understood):
                return Understood((*first.frames, *second.frames), {**first.mended, **second.mended})
        return None

    def _finished(self, frame: Frame, question: str) -> Frame:
        """Return the frame; a knowledge base is asked without the words that only ask and stand in no text."""
        if frame.intent != "knowledge" or frame.text:
            return frame
        return replace(frame, text=" ".join(_ASKING.sub(" ", question).split()))


#: What a model lists → the figures that tell of it for customers that were listed before, and which of them are so.
_MODELLED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "leavers": (("average_churn_risk", "churn_risk_customers"), "churn_risk_customers"),
    "ranking": (("average_pd", "high_risk_borrowers"), "high_risk_borrowers"),
}


def _of_listed(outcome: Frame | NotUnderstood, context: Context) -> Frame | NotUnderstood:
    """Return figures of the customers that were listed; nothing else can be asked of them as a whole."""
    if isinstance(outcome, NotUnderstood):
        return outcome
    if outcome.intent in _MODELLED and not outcome.limit:
        metrics, some = _MODELLED[outcome.intent]
        likely = Filter(field=some, op=">", value=0)  # of those the ones that the model puts in its upper bands
        outcome = Frame("metrics", metrics=metrics, dimensions=("customer_id",), filters=(*outcome.filters, likely))
    if outcome.intent != "metrics" or any(f.field == "customer_id" for f in outcome.filters):
        return NotUnderstood(notes=("I can tell figures of the customers of a list, nothing else of them as a whole",))
    of_list = Filter(field="customer_id", op="in", value=context.listed)
    before = context.frame
    narrowed = before.intent == "metrics" and of_list in before.filters and not before.dimensions
    restricted = before.filters if narrowed else (of_list,)  # "how many of these are in Delhi", then "their exposure"
    said = {condition.field for condition in outcome.filters}
    return replace(outcome, filters=(*outcome.filters, *(each for each in restricted if each.field not in said)))


def _apart(frame: Frame) -> tuple[Frame, ...]:
    """Return the frames of one reading: several where periods or customers stand side by side."""
    periods = [frame.period, *([frame.versus] if frame.versus else [])]
    customers = [frame.customer, *frame.others]
    return tuple(
        replace(frame, period=period, versus=None, customer=customer, others=())
        for period in periods
        for customer in customers
    )


def _reader(reader: Reader, world: World, reading: Reading) -> Frame | None:
    return reader(reading, world)


def _pointing_at_nothing(pointing: Span | None, narrowing: bool, reader: _Try, reading: Reading) -> Frame | None:
    """Read figures anew, unless the question ends in "of those" or opens with "only": they are of what was before."""
    frame = reader(reading)
    if frame is None or frame.intent not in ("metrics", "ranking", "leavers"):
        return frame
    return None if narrowing or (pointing is not None and not reading.used(pointing)) else frame


def _following(world: World, context: Context, reading: Reading) -> Frame | None:
    return read_follow_up(reading, world, context)


def _spoken_of(world: World, context: Context, reading: Reading) -> Frame | None:
    return read_spoken_of(reading, world, context)


def _first_complete(reading: Reading, readers: list[_Try]) -> Frame | NotUnderstood:
    """Return the first frame that accounts for every word, else what the nearest attempt left over."""
    nearest: NotUnderstood | None = None
    noticed: list[str] = []
    for reader in readers:
        attempt = reading.again()
        frame = reader(attempt)
        noticed += [note for note in attempt.notes if not reading.words.of_house and note not in noticed]
        unexplained = attempt.unexplained()
        if frame is not None and not unexplained:
            return frame
        failure = _failure(unexplained, attempt.notes)
        if frame is not None and (nearest is None or _size(failure) < _size(nearest)):
            nearest = failure
    return nearest or _failure(_unknown(reading), noticed)


def _size(failure: NotUnderstood) -> int:
    return len(failure.words)


def _unknown(reading: Reading) -> list[Span]:
    """Return the words without a meaning but beside others; where each has one, every word with content."""
    unknown = [span for span in reading.unexplained() if all(meaning.kind == "term" for meaning in span.meanings)]
    return unknown or reading.unexplained()


def _failure(unexplained: list[Span], notes: list[str]) -> NotUnderstood:
    later = [name for span in unexplained for name in span.names("later")]
    future = ["forecast" for span in unexplained if span.time and span.time.unit == "future"]
    words = tuple(span.text for span in unexplained)
    said = [table("notes")[name] for span in unexplained for name in span.names("cue") if name in table("notes")]
    return NotUnderstood(words, tuple(dict.fromkeys([*later, *future])), tuple(dict.fromkeys(notes or said)))
