"""What the service reads and writes. Requests are checked strictly and may hold no unknown field."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from model.errors import RowError
from model.judgements import judgement_from_row
from model.records import MAX_NAME_CHARACTERS, MAX_PAIR_CHARACTERS

Stance = Literal["support", "conditional", "oppose", "none"]
Sentiment = Literal["negative", "neutral", "positive"]
ConditionKind = Literal[
    "ceasefire", "withdrawal", "release", "recognition", "sanctions", "guarantees", "format", "venue", "sequence",
    "agenda", "other",
]  # fmt: skip
Operation = Literal["label", "retract", "skip"]  # whoever can reach the service must not settle disputes

CLOCKS_DIFFER: Final = timedelta(minutes=5)
MOST_FIELDS: Final = 100  # in one object; far more than it can have
MOST_ITEMS: Final = 100_000  # in one list, whatever the settings allow
MOST_EXPLAINED: Final = 8  # pairs in one request: each is scored once a word


def refuse_half_surrogates(value: str) -> str:
    """JSON can escape half of a surrogate pair, which no answer could then be encoded with."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair; give well-formed Unicode") from None
    return value


def refuse_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; give a non-empty string")
    return value


def refuse_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a NUL character, which no database keeps; remove it")
    return value


def text_of_integer(value: object) -> object:
    return str(value) if type(value) is int else value


Text = Annotated[str, AfterValidator(refuse_half_surrogates)]
Name = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS), AfterValidator(refuse_half_surrogates)]
Identity = Annotated[Name, BeforeValidator(text_of_integer)]
KeptText = Annotated[
    str, Field(max_length=MAX_PAIR_CHARACTERS), AfterValidator(refuse_half_surrogates), AfterValidator(refuse_nul)
]
KeptName = Annotated[Name, AfterValidator(refuse_blank), AfterValidator(refuse_nul)]


class RequestPart(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def check_size(cls, given: object) -> object:
        """Refuse at once what would take minutes to find fault with item by item."""
        if isinstance(given, dict):
            if len(given) > MOST_FIELDS:
                raise ValueError(f"has {len(given):,} fields; at most {MOST_FIELDS} are allowed")
            for field, value in given.items():
                if isinstance(value, list) and len(value) > MOST_ITEMS:
                    raise wrong_field(field, f"has {len(value):,} items; at most {MOST_ITEMS:,} are allowed")
        return given


class PairIn(RequestPart):
    text: Text = Field(description="One sentence.")
    actor: Text = Field(description="The actor whose stance is asked for.")
    mention: Text | None = Field(default=None, description="The words of the sentence that refer to the actor.")
    start: int | None = Field(default=None, description="Offset of the mention in the text, in characters.")
    context: Text | None = Field(default=None, description="The sentences before it.")
    # The other columns of a record are welcome, and not looked at.
    id: Any = None
    title: Any = None
    date: Any = None
    topic: Any = None
    source: Any = None


class PredictRequest(RequestPart):
    pairs: list[PairIn] = Field(
        min_length=1,
        examples=[[{"text": "Hamas said it would send a delegation to Cairo.", "actor": "Hamas"}]],
    )


class ExplainRequest(RequestPart):
    pairs: list[PairIn] = Field(
        min_length=1,
        max_length=MOST_EXPLAINED,
        examples=[[{"text": "Hamas said it would send a delegation to Cairo.", "actor": "Hamas"}]],
    )


class DocumentIn(RequestPart):
    text: Text
    id: Identity | None = None
    title: Text | None = None
    date: Text | None = None
    source: Any = Field(default=None, description="Welcome, and not looked at.")
    url: Any = Field(default=None, description="Welcome, and not looked at.")


class AnalyzeRequest(RequestPart):
    documents: list[DocumentIn] = Field(
        min_length=1,
        examples=[[{"title": "Talks in Cairo", "text": "Hamas said it would send a delegation to Cairo."}]],
    )
    actors: list[Annotated[Name, AfterValidator(refuse_blank)]] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Names to look for beside the actors that Parley knows.",
    )


class LabelFields(RequestPart):
    """What is said of one pair. `model.judgements` checks it in full."""

    text: KeptText | None = Field(default=None, description="One sentence.")
    actor: KeptText | None = Field(default=None, description="The actor whose stance it is.")
    mention: KeptText | None = Field(default=None, description="The words of the sentence that refer to the actor.")
    start: int | None = Field(default=None, description="Offset of the mention in the text, in characters.")
    context: KeptText | None = Field(default=None, description="The sentences before it.")
    stance: Stance | None = None
    sentiment: Sentiment | None = None
    sure: bool | None = Field(default=None, description="False where the annotator hesitates.")
    alternative: KeptText | None = Field(default=None, description="What it may be instead.")
    note: KeptText | None = Field(default=None, description="Why.")
    op: Operation = Field(
        default="label",
        description="Label it, take back your own earlier word (retract), or say that it is no pair to label (skip).",
    )
    annotator: KeptName | None = Field(default=None, description="Who says so.")
    created: KeptText | None = Field(default=None, description="When it was said, in ISO 8601; now, if not given.")
    codebook: KeptText | None = Field(default=None, description="Version of the codebook that was followed.")
    # Kept with the label.
    id: Annotated[Identity, AfterValidator(refuse_nul)] | None = None
    title: KeptText | None = None
    date: KeptText | None = None
    topic: KeptText | None = None
    source: KeptText | None = None

    def row(self) -> dict[str, Any]:
        return self.model_dump(include=set(LabelFields.model_fields), exclude_none=True)


class LabelIn(LabelFields):
    text: KeptText = Field(description="One sentence.")
    actor: KeptText = Field(description="The actor whose stance it is.")

    @model_validator(mode="after")
    def check(self) -> Self:
        check_label(self)
        return self


class LabelsRequest(LabelFields):
    """Either `labels`, or the fields of a single label."""

    labels: list[LabelIn] | None = Field(
        default=None,
        min_length=1,
        examples=[[{"text": "Oslo offered to mediate.", "actor": "Norway", "mention": "Oslo", "stance": "support"}]],
    )
    annotator: KeptName | None = Field(default=None, description="Who says so, where a label does not tell.")
    idempotency_key: KeptName | None = Field(
        default=None, description="Any name for this request: sent again under it, it gets the same answer."
    )

    @model_validator(mode="after")
    def check(self) -> Self:
        if self.labels is None:
            check_label(self)
        elif self.row().keys() & self.model_fields_set - {"annotator"}:
            raise wrong_field("labels", "is given beside the fields of a single label; give one or the other")
        if not self.annotator and any(not label.annotator for label in self.each()):
            raise wrong_field("annotator", "is missing; give the name of who says so")
        return self

    def each(self) -> Sequence[LabelFields]:
        return self.labels or [self]


def check_label(label: LabelFields) -> None:
    """Say now what the ledger would refuse, so that a request's wrong labels are all named at once."""
    try:
        judgement = judgement_from_row(label.row(), annotator="given elsewhere")
        # A word from the future would be the annotator's last one until then, whatever is said meanwhile.
        if judgement.created and datetime.fromisoformat(judgement.created) > datetime.now(UTC) + CLOCKS_DIFFER:
            raise RowError("created", f"is {judgement.created}, in the future; leave it out for now")
    except RowError as error:
        raise wrong_field(error.field, error.reason) from None


def wrong_field(field: str, reason: str) -> ValidationError:
    """What a validator of a whole object raises to name one of its fields."""
    kind = PydanticCustomError("wrong_field", "{reason}", {"reason": reason})
    return ValidationError.from_exception_data("label", [InitErrorDetails(type=kind, loc=(field,), input=None)])


class ResponsePart(BaseModel):
    model_config = ConfigDict(extra="allow")


class Scores(ResponsePart):
    actor: str
    stance: Stance
    stance_probabilities: dict[Stance, float]
    sentiment: Sentiment
    sentiment_probabilities: dict[Sentiment, float]
    abstained: bool = Field(description="The stance is too uncertain to rely on.")


class PredictResponse(ResponsePart):
    model: str = Field(description="Name of the bundle that answered.")
    predictions: list[Scores] = Field(description="One a pair, in the order given.")


class SentenceOut(ResponsePart):
    index: int
    start: int
    end: int
    text: str


class WordOut(ResponsePart):
    text: str
    start: int = Field(description="Offset in the text, in characters.")
    end: int
    weight: float = Field(description="By how much the stance's probability falls when the word is hidden.")


class ExplanationOut(Scores):
    words: list[WordOut] = Field(description="The words of the text but for the mention, from left to right.")


class ExplainResponse(ResponsePart):
    model: str
    explanations: list[ExplanationOut] = Field(description="One a pair, in the order given.")


class ConditionOut(ResponsePart):
    text: str
    start: int = Field(description="Offset in the sentence, in characters.")
    end: int
    kind: ConditionKind


class PairOut(Scores):
    sentence: int = Field(description="Index of the sentence.")
    actor_name: str
    mention: str
    start: int = Field(description="Offset of the mention in the sentence, in characters.")
    end: int
    voice: str = Field(description="self, narrator, other_party:ACTOR, expert or unnamed: who says it of the actor.")
    past: bool = Field(description="The sentence surely tells of a time more than a month before its publication.")
    condition: ConditionOut | None = Field(description="On what the actor makes talks depend, where the sentence says.")


class Claims(ResponsePart):
    by: str = Field(description="The voice: other_party:ACTOR, expert or unnamed.")
    stances: dict[Stance, int]
    pairs: list[int]


class StatedCondition(ResponsePart):
    text: str
    kind: ConditionKind
    voice: str
    pair: int


class ActorOut(ResponsePart):
    actor: str
    actor_name: str
    type: str = Field(description="state, armed_group, organization, coalition, opposition or person.")
    resolved: bool = Field(description="False where no registry knows the actor: its name is then its id.")
    count: int = Field(description="How many pairs the actor has.")
    stances: dict[Stance, int] = Field(description="How many pairs have each stance.")
    own: dict[Stance, int] = Field(description="The same, of its own words and of its deeds as the text tells them.")
    past: dict[Stance, int] = Field(description="The same, of what the text tells of its earlier words and deeds.")
    position: Stance = Field(description="Its position in its own voice; none where it takes none.")
    own_statement: bool = Field(description="False where the text has no position of the actor in its own voice.")
    confidence: Literal["high", "moderate", "low"] | None = Field(
        description="The surest evidence, in words; null without a position or where probabilities are not calibrated."
    )
    claims: list[Claims] = Field(description="What others say of its position; these do not count toward it.")
    conditions: list[StatedCondition]
    sentiments: dict[Sentiment, int]
    best_quote: int | None = Field(description="Index of the pair that shows the position best.")
    evidence: list[int] = Field(description="Indexes of the pairs that show the position, the surest first.")


class AnalysisOut(ResponsePart):
    id: str | None
    title: str | None
    model: str
    sentences: list[SentenceOut] = Field(description="The title, where there is one, is index 0.")
    pairs: list[PairOut]
    actors: list[ActorOut]


class AnalyzeResponse(ResponsePart):
    model: str
    documents: list[AnalysisOut] = Field(description="One a document, in the order given.")


class ModelResponse(ResponsePart):
    model: str
    card: str = Field(description="The model card, in Markdown.")
    manifest: dict[str, Any]


class KeptLabel(ResponsePart):
    id: str = Field(description="Digest of what was said of which words, by whom and when.")
    item: str = Field(description="Which sentence and actor: the same for every label of the pair.")
    added: bool = Field(description="False where the annotator's last word on the pair was the same.")


class LabelsResponse(ResponsePart):
    added: int
    known: int
    labels: list[KeptLabel] = Field(description="One a label, in the order given.")


class QueuedPair(ResponsePart):
    text: str
    actor: str
    mention: str | None = None
    start: int | None = None
    context: str | None = None
    reason: str = Field(description="Why it should be labeled next.")
    model: str = Field(description="Name of the bundle that chose it.")
    suggested_stance: str | None = Field(default=None, description="What that bundle answers.")
    suggested_sentiment: str | None = None


class QueueResponse(ResponsePart):
    items: list[QueuedPair] = Field(description="The newest batch first.")


class Status(BaseModel):
    status: Literal["ok", "ready"]


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked for.")
    request_id: str = Field(description="The X-Request-ID of the request, or one made for it.")
    errors: list[dict[Literal["field", "reason"], str]] | None = Field(
        default=None, description="Each wrong field of a request."
    )
