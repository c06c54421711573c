// The spans and metrics of a slow web shop, as OpenTelemetry collects them.
import { SpanStatusCode, context, trace, type Span } from "@opentelemetry/api";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import type * as rr from "@rerun-ts/node";
import { RerunMetricExporter, RerunSpanProcessor } from "@rerun-ts/opentelemetry";

const REQUESTS = 12;
/** The beginning of the times that are logged: the spans are made up. */
const START = Date.UTC(2026, 0, 1);

export async function logScene(rec: rr.RecordingStream): Promise<void> {
  const tracer = new BasicTracerProvider({ spanProcessors: [new RerunSpanProcessor(rec)] }).getTracer("shop");
  const exporter = new RerunMetricExporter(rec);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const requests = meters.getMeter("shop").createCounter("http.requests");
  const latency = meters.getMeter("shop").createHistogram("http.latency", { unit: "ms" });

  const spanIn = (parent: Span, name: string, from: number, to: number, attributes = {}): void => {
    const options = { startTime: START + from, attributes };
    tracer.startSpan(name, options, trace.setSpan(context.active(), parent)).end(START + to);
  };
  for (let request = 0; request < REQUESTS; request++) {
    const [start, slowness] = [request * 3700, 18 + 6 * (request % 4)];
    const at = (ms: number): number => start + ms * slowness;
    const path = ["/cart", "/search", "/pay"][request % 3] ?? "";
    const isFailed = path === "/pay" && request % 2 === 1;
    const span = tracer.startSpan(`GET ${path}`, { startTime: START + start, attributes: { user: request } });
    spanIn(span, "authenticate", at(4), at(20));
    spanIn(span, "query", at(25), at(70), { table: path.slice(1) });
    spanIn(span, "render", at(75), at(95));
    if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR, message: "the bank does not answer" });
    span.end(START + at(100));
    requests.add(1, { path, status: isFailed ? 500 : 200 });
    latency.record(at(100) - start);
  }
  await meters.shutdown();
}
