"""Where time goes, as OpenTelemetry spans: request, tool, SQL, model, answer. Off unless an operator names a collector.

No span says what was asked or of whom: names and attributes are those declared here, their values names that the code
or the operator gave, or numbers. An error is told by its type alone, since its words may quote a row. Spans go to a
provider of our own, never to the process's global one: what other libraries would tell goes nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from governance.errors import ConfigurationError
from governance.settings import traces_wanted

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

REQUEST, TOOL, SQL, MODEL, ANSWER = "request", "tool", "sql", "model", "answer"
NAMES = frozenset({REQUEST, TOOL, SQL, MODEL, ANSWER})
#: Attribute → what it tells; where the semantic conventions have a name for it, that is the name.
TOLD: Mapping[str, str] = {
    "http.request.method": "the method",
    "http.route": "the route's template, never the path",
    "http.response.status_code": "the status",
    "munshi.tool": "the tool, by its name in the registry",
    "munshi.answer.status": "answered, abstained, refused or failed",
    "munshi.answer.grounded": "whether each figure of it stands in a result",
    "db.system.name": "duckdb",
    "db.response.returned_rows": "how many rows came back",
    "gen_ai.request.model": "the mind, by its name in the settings",
    "gen_ai.usage.input_tokens": "how many tokens it was shown, estimated",
    "gen_ai.usage.output_tokens": "how many tokens it wrote, estimated",
    "error.type": "the type of an error",
}
#: What is told in the place of a text that is no name.
OTHER = "other"
_WORD = re.compile(r"[A-Za-z0-9_.:/{}-]{1,128}")
EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class Told:
    """A span that is being told, or nothing where none is."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def tell(self, **attributes: str | float | bool) -> None:
        """Add attributes; ``_`` within a name of `TOLD` is written ``__``, and ``.`` as ``_``.

        Text that is no name is told as `OTHER`.

        Raises
        ------
        ValueError
            One is not declared.
        """
        if self._span is not None:
            for name, value in attributes.items():
                self._span.set_attribute(*_checked(name, value))


class Tracing:
    """Whether spans are made in this process, and where they go."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None
        self.tracer: Any = None

    def start(self, processor: SpanProcessor) -> None:
        """Send spans to ``processor`` from now on."""
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider

        self.stop()
        resource = Resource({"service.name": "munshi"}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self.tracer = self._provider.get_tracer("munshi")

    def stop(self) -> None:
        """Send what is waiting, and make no more."""
        self.tracer = None
        if self._provider is not None:
            self._provider.shutdown()
            self._provider = None


TRACING = Tracing()
_NOTHING = Told()


def trace_where_wanted() -> None:
    """Send spans to the collector that the operator named in OpenTelemetry's own variables; without one, nowhere.

    Raises
    ------
    ConfigurationError
        The exporter is not installed.
    """
    if not traces_wanted():
        return
    try:
        exporter = import_module(EXPORTER).OTLPSpanExporter()
    except ModuleNotFoundError:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and traces need their exporter: "
            "pip install opentelemetry-exporter-otlp-proto-http, or unset it."
        ) from None
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    TRACING.start(BatchSpanProcessor(exporter))


@contextmanager
def span(name: str, *, within: Mapping[str, Any] | None = None, **attributes: str | float | bool) -> Iterator[Told]:
    """Tell how long the block takes.

    Parameters
    ----------
    name
        One of `NAMES`.
    within
        The ASGI scope of a request: the span is part of its sender's trace where he brings a ``traceparent`` (W3C).
        Nothing else of his is taken along.
    attributes
        As `Told.tell` takes them.
    """
    if TRACING.tracer is None:
        yield _NOTHING
        return
    from opentelemetry.trace import StatusCode, use_span

    if name not in NAMES:
        raise ValueError(name)
    made = TRACING.tracer.start_span(name, context=_context(within))
    told = Told(made)
    with use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        told.tell(**attributes)
        try:
            yield told
        except BaseException as error:
            told.tell(error_type=type(error).__name__)
            made.set_status(StatusCode.ERROR)
            raise


def _context(within: Mapping[str, Any] | None) -> Any:
    told = dict(within["headers"]).get(b"traceparent") if within is not None else None
    if told is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": told.decode("latin-1")})


def _checked(name: str, value: str | float | bool) -> tuple[str, str | float | bool]:
    written = name.replace("__", "\0").replace("_", ".").replace("\0", "_")
    if written not in TOLD:
        raise ValueError(f"'{written}' is no declared attribute of a span.")
    return written, OTHER if isinstance(value, str) and not _WORD.fullmatch(value) else value
