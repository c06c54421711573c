import type { RecordingStream } from "@rerun-ts/core";
import { AnyValues, StateChange, TextLog } from "@rerun-ts/types";
import { attributeText, toEpochMs, type AttributesLike, type SpanLike } from "./telemetry-like.ts";
import { TelemetryTarget, type TelemetryOptions } from "./telemetry-target.ts";

/** The maximum number of spans with lanes at the same time. Further spans are only logged as text. */
const MAX_LANES = 32;
const MAX_TEXT = 10_000;
/** A status of OpenTelemetry. */
const ERROR = 2;
const KINDS = ["internal", "server", "client", "producer", "consumer"] as const;
/** The attributes that identify the calls of a recording's own sinks, with their contents. */
const ADDRESSES = ["url.full", "http.url", "url.path", "http.target", "rpc.service"] as const;
const OWN_SERVICE = "rerun.sdk_comms";

/**
 * A span processor for OpenTelemetry. Spans become the states of `{entityPath}/lane_0`, `lane_1` …: each has the lowest
 * free lane, so a span is above those within it. At its end, a span and its events are logged as `TextLog` to
 * `{entityPath}/log`, with the ids and the attributes of the span as further values. All times come from the span. The
 * processor never throws, and ignores the spans of calls that send recordings.
 *
 * @example
 * const provider = new BasicTracerProvider({ spanProcessors: [new RerunSpanProcessor(rec)] });
 */
export class RerunSpanProcessor {
  readonly #target: TelemetryTarget;
  /** The spans that are shown, by lane. */
  readonly #lanes: (string | undefined)[] = [];

  /**
   * @param recording the recording to log to. Default: the global recording
   * @throws {TypeError} if an argument is wrong
   */
  constructor(recording?: RecordingStream, options: TelemetryOptions = {}) {
    this.#target = new TelemetryTarget("RerunSpanProcessor", recording, options, "traces");
  }

  /** Called by OpenTelemetry at the beginning of a span. */
  onStart(span: SpanLike): void {
    if (isOwn(span)) return;
    this.#target.run((at) => {
      const free = this.#lanes.indexOf(undefined);
      const lane = free === -1 ? this.#lanes.length : free;
      if (lane >= MAX_LANES) return;
      this.#lanes[lane] = span.spanContext().spanId;
      at(span.startTime).log(this.#pathOf(lane), [new StateChange({ state: span.name }), new AnyValues(idsOf(span))]);
    });
  }

  /** Called by OpenTelemetry at the end of a span. */
  onEnd(span: SpanLike): void {
    if (isOwn(span)) return;
    const lane = this.#lanes.indexOf(span.spanContext().spanId);
    if (lane !== -1) this.#lanes[lane] = undefined;
    this.#target.run((at) => {
      const end = at(span.endTime);
      if (lane !== -1) end.log(this.#pathOf(lane), StateChange.fromFields({ state: null }));
      const log = this.#target.path.join("log");
      const ids = idsOf(span);
      for (const { name, time, attributes = {} } of span.events) {
        const level = name === "exception" ? "ERROR" : "INFO";
        at(time).log(log, [textOf(`${span.name}: ${name}`, attributes, level), new AnyValues(ids)]);
      }
      const { status, attributes } = span;
      const duration = toEpochMs(span.endTime) - toEpochMs(span.startTime);
      const message = status.message === undefined || status.message === "" ? "" : `: ${status.message}`;
      const text = `${span.name} ${duration.toFixed(1)} ms${message}`;
      end.log(log, [textOf(text, attributes, status.code === ERROR ? "ERROR" : "INFO"), new AnyValues(ids)]);
    });
  }

  /** Waits until all logged data is sent. Never rejects. */
  forceFlush(): Promise<void> {
    return this.#target.flush();
  }

  /** Does the same. Later begins and ends of spans are ignored. The recording stays open. */
  shutdown(): Promise<void> {
    return this.#target.shutdown();
  }

  #pathOf(lane: number) {
    return this.#target.path.join(`lane_${lane}`);
  }
}

function textOf(text: string, attributes: AttributesLike, level: "INFO" | "ERROR"): TextLog {
  const fields = Object.entries(attributes).map(([key, value]) => ` ${key}=${attributeText(value)}`);
  return new TextLog(`${text}${fields.join("")}`.slice(0, MAX_TEXT), { level });
}

function idsOf(span: SpanLike): Record<string, string> {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext?.spanId ?? span.parentSpanId;
  return {
    trace_id: traceId,
    span_id: spanId,
    ...(parent !== undefined && { parent_span_id: parent }),
    span_kind: KINDS[span.kind] ?? String(span.kind),
  };
}

/** Whether a span is about sending a recording. Logging such a span would cause the next one. */
function isOwn({ attributes }: SpanLike): boolean {
  return ADDRESSES.some((name) => {
    const value = attributes?.[name];
    return typeof value === "string" && value.includes(OWN_SERVICE);
  });
}
