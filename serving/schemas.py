"""What the service reads and writes. Requests are checked strictly and may hold no unknown field."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from model.records import MAX_NAME_CHARACTERS

Stance = Literal["support", "conditional", "oppose", "none"]
Sentiment = Literal["negative", "neutral", "positive"]


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


def text_of_integer(value: object) -> object:
    return str(value) if type(value) is int else value


Text = Annotated[str, AfterValidator(refuse_half_surrogates)]
Name = Annotated[Text, Field(max_length=MAX_NAME_CHARACTERS)]
Identity = Annotated[Name, BeforeValidator(text_of_integer)]


class RequestPart(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


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


class PairOut(Scores):
    sentence: int = Field(description="Index of the sentence.")
    actor_name: str
    mention: str
    start: int = Field(description="Offset of the mention in the sentence, in characters.")
    end: int
    voice: str | None = None
    condition: Any = None


class ActorOut(ResponsePart):
    actor: str
    actor_name: str
    stances: dict[Stance, int] = Field(description="How many pairs have each stance.")
    position: Stance
    evidence: list[int] = Field(description="Indexes of the pairs that show the position.")


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
