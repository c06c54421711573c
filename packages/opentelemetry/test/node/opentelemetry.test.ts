import { SpanKind, SpanStatusCode, context, trace, type Tracer } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import type { MemoryRecording } from "@rerun-ts/core";
import { RecordingStream } from "@rerun-ts/node";
import { RerunMetricExporter, RerunSpanProcessor } from "@rerun-ts/opentelemetry";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const START = Date.UTC(2026, 0, 1);

describe("OpenTelemetry", () => {
  let rec: RecordingStream;
  let memory: MemoryRecording;
  let problems: string[];

  beforeEach(() => {
    problems = [];
    const onWarning = ({ message }: { message: string }): void => void problems.push(message);
    rec = new RecordingStream("telemetry", { sendProperties: false, onWarning, onError: onWarning });
    memory = rec.memoryRecording();
  });
  afterEach(() => expect(problems).toEqual([]));

  describe("spans", () => {
    let provider: BasicTracerProvider;
    let tracer: Tracer;
    beforeEach(() => {
      provider = new BasicTracerProvider({ spanProcessors: [new RerunSpanProcessor(rec)] });
      tracer = provider.getTracer("test");
    });

    it("become states in lanes with their ids, from their beginning to their end", () => {
      const outer = tracer.startSpan("request", { kind: SpanKind.SERVER, startTime: START + 1000 });
      const inner = tracer.startSpan("query", { startTime: START + 1010 }, trace.setSpan(context.active(), outer));
      inner.end(START + 1030);
      tracer.startSpan("render", { startTime: START + 1040 }).end(START + 1050);
      outer.end(START + 1060);
      const rrd = memory.drainAsBytes();
      const states = (lane: number): unknown[] =>
        readChunks(rrd)
          .filter(({ entityPath }) => entityPath === `/traces/lane_${lane}`)
          .flatMap(({ components, times }) =>
            (times["log_time"] ?? []).map((time, row) => [
              Math.round(Number(time) / 1e6) - START,
              components["StateChange:state"]?.[row],
            ]),
          );
      expect(states(0)).toEqual([
        [1000, ["request"]],
        [1060, []],
      ]);
      expect(states(1)).toEqual([
        [1010, ["query"]],
        [1030, []],
        [1040, ["render"]],
        [1050, []],
      ]);
      const { traceId, spanId } = outer.spanContext();
      expect(valuesOf(rrd, "/traces/lane_0", "trace_id")[0]).toEqual([traceId]);
      expect(valuesOf(rrd, "/traces/lane_0", "span_kind")[0]).toEqual(["server"]);
      expect(valuesOf(rrd, "/traces/lane_1", "parent_span_id")[0]).toEqual([spanId]);
    });

    it("are logged as text with their duration, status, attributes, events and ids", () => {
      const span = tracer.startSpan("charge", { startTime: START + 1000, attributes: { amount: 12, currency: "EUR" } });
      span.recordException(new Error("declined"), START + 1005);
      span.setStatus({ code: SpanStatusCode.ERROR, message: "no money" });
      span.end(START + 1012.5);
      const rrd = memory.drainAsBytes();
      const texts = valuesOf(rrd, "/traces/log", "TextLog:text").flat();
      expect(texts).toEqual([
        expect.stringMatching(/^charge: exception exception.type=Error exception.message=declined/),
        "charge 12.5 ms: no money amount=12 currency=EUR",
      ]);
      expect(valuesOf(rrd, "/traces/log", "TextLog:level").flat()).toEqual(["ERROR", "ERROR"]);
      expect(valuesOf(rrd, "/traces/log", "span_id").flat()).toEqual(Array(2).fill(span.spanContext().spanId));
    });

    it("that send recordings, or that begin after a shutdown, are ignored", async () => {
      const url = "http://127.0.0.1:9876/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";
      tracer.startSpan("POST", { attributes: { "url.full": url } }).end();
      await provider.shutdown();
      tracer.startSpan("late").end();
      expect(readChunks(memory.drainAsBytes())).toEqual([]);
      // The recording belongs to the program.
      expect(rec.state).toBe("open");
    });

    it("more than there are lanes are logged as text alone", () => {
      const spans = Array.from({ length: 40 }, (_, at) => tracer.startSpan(`span ${at}`));
      for (const span of spans) span.end();
      const rrd = memory.drainAsBytes();
      const entities = new Set(readChunks(rrd).map(({ entityPath }) => entityPath));
      expect([...entities].filter((path) => path.startsWith("/traces/lane_"))).toHaveLength(32);
      expect(valuesOf(rrd, "/traces/log", "TextLog:text")).toHaveLength(40);
    });

    it("never throw, whatever their names and times, in strict mode and without a recording", () => {
      rec.setStrictMode(true);
      const odd = tracer.startSpan("", { startTime: Number.NaN, attributes: { "": "x", big: "y".repeat(100_000) } });
      expect(() => odd.end(Number.POSITIVE_INFINITY)).not.toThrow();
      const without = new BasicTracerProvider({ spanProcessors: [new RerunSpanProcessor()] });
      expect(() => without.getTracer("x").startSpan("a").end()).not.toThrow();
      expect(() => new RerunSpanProcessor({} as never)).toThrow(/`recording` must be a RecordingStream/);
      expect(() => new RerunSpanProcessor(rec, { path: "a" } as never)).toThrow(
        "`path` is not an option of `RerunSpanProcessor`; known options: entityPath",
      );
      expect(() => new RerunSpanProcessor(rec, null as never)).toThrow("`options` must be an object, got null");
      expect(() => new RerunMetricExporter(rec, null as never)).toThrow("`options` must be an object, got null");
    });
  });

  it("metrics become scalars by their attributes, and histograms bars of the last interval", async () => {
    const exporter = new RerunMetricExporter(rec, { entityPath: "service" });
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter("test");
    const requests = meter.createCounter("http.requests");
    const latency = meter.createHistogram("latency", { unit: "ms", advice: { explicitBucketBoundaries: [10, 100] } });
    meter.createObservableGauge("queue").addCallback((result) => result.observe(7));
    requests.add(2, { method: "GET", status: 200 });
    requests.add(1, { method: "POST", status: 500 });
    latency.record(5);
    latency.record(50);
    await provider.forceFlush();
    requests.add(3, { method: "GET", status: 200 });
    latency.record(500);
    await provider.shutdown();
    const rrd = memory.drainAsBytes();
    const scalars = (path: string): unknown[] =>
      valuesOf(rrd, path, "Scalars:scalars")
        .flat(2)
        .filter((x) => x !== null);
    expect(scalars("/service/http/requests/method\\=GET/status\\=200")).toEqual([2, 5]);
    expect(scalars("/service/http/requests/method\\=POST/status\\=500")).toEqual([1, 1]);
    expect(scalars("/service/queue")).toEqual([7, 7]);
    expect(scalars("/service/latency/mean")).toEqual([27.5, 500]);
    expect(valuesOf(rrd, "/service/latency/mean", "SeriesLines:names").filter(Boolean)).toEqual([["latency (ms)"]]);
    const bars = JSON.stringify(valuesOf(rrd, "/service/latency", "BarChart:values"), (_, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value,
    );
    expect(bars).toMatch(/\[1,1,0\].*\[0,0,1\]/);
  });

  it("metrics with a value that is no number cost no other metric, and attributes need no text of their own", async () => {
    rec.setStrictMode(true);
    const exporter = new RerunMetricExporter(rec);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter("test");
    // Servers parse the query of a request into such an object.
    const query = Object.assign(Object.create(null), { page: "2" }) as string;
    meter.createCounter("visits").add(1, { query });
    meter.createObservableGauge("broken").addCallback((result) => result.observe(null as never));
    meter.createCounter("last").add(3);
    await provider.shutdown();
    const rrd = memory.drainAsBytes();
    expect(readChunks(rrd).map(({ entityPath }) => entityPath)).toContain(
      "/metrics/visits/query\\=an\\ object\\ with\\ page",
    );
    expect(valuesOf(rrd, "/metrics/last", "Scalars:scalars").flat(2)).toContain(3);
  });

  it("metrics with too many sets of attributes are left out, which is reported once", async () => {
    const exporter = new RerunMetricExporter(rec);
    const dataPoints = Array.from({ length: 1200 }, (_, user) => ({
      endTime: [1000, 0] as const,
      attributes: { user },
      value: user,
    }));
    const results: unknown[] = [];
    const metrics = { scopeMetrics: [{ metrics: [{ descriptor: { name: "hits", unit: "" }, dataPoints }] }] };
    exporter.export(metrics, (result) => results.push(result));
    exporter.export(metrics, (result) => results.push(result));
    expect(results).toEqual([{ code: 0 }, { code: 0 }]);
    const entities = new Set(readChunks(memory.drainAsBytes()).map(({ entityPath }) => entityPath));
    expect(entities.size).toBe(1000);
    expect(problems.splice(0)).toEqual(["metrics with more than 1000 sets of attributes are left out"]);
  });
});
