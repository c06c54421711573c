import { describeValue } from "@rerun-ts/core/integration";

/** A time of OpenTelemetry: seconds since 1970, and nanoseconds. */
export type HrTimeLike = readonly [seconds: number, nanoseconds: number];

/** Attributes of a span or of a point of a metric. */
export type AttributesLike = Readonly<Record<string, unknown>>;

/** The used part of a `ReadableSpan` of OpenTelemetry. */
export interface SpanLike {
  /** The name of the operation, such as `GET /users`. */
  readonly name: string;
  /** The kind, from 0: internal, server, client, producer, consumer. */
  readonly kind: number;
  /** The ids of the span. */
  spanContext(): { readonly traceId: string; readonly spanId: string };
  /** Since version 2 of the SDK. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  /** Until version 1 of the SDK. */
  readonly parentSpanId?: string | undefined;
  /** The beginning. */
  readonly startTime: HrTimeLike;
  /** The end, in seconds and nanoseconds since 1970. */
  readonly endTime: HrTimeLike;
  /** The status: 2 after a failure. */
  readonly status: { readonly code: number; readonly message?: string };
  /** The attributes by their keys, such as `http.route`. */
  readonly attributes: AttributesLike;
  /** Events in the meantime. */
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTimeLike;
    readonly attributes?: AttributesLike;
  }[];
}

/** A value of a metric: a number, or a histogram. */
export type PointValueLike =
  | number
  | {
      readonly count: number;
      readonly sum?: number | undefined;
      readonly buckets?: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
    };

/** The used part of `ResourceMetrics` of OpenTelemetry. */
export interface MetricsLike {
  /** The metrics by their library. */
  readonly scopeMetrics: readonly {
    readonly metrics: readonly {
      readonly descriptor: { readonly name: string; readonly unit: string };
      readonly dataPoints: readonly {
        readonly endTime: HrTimeLike;
        readonly attributes: AttributesLike;
        readonly value: PointValueLike;
      }[];
    }[];
  }[];
}

/** Milliseconds since 1970. */
export function toEpochMs([seconds, nanoseconds]: HrTimeLike): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

/** The text of an attribute's value. Objects without prototypes, such as parsed queries, have no text of their own. */
export function attributeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return describeValue(value);
  }
}
