// Default imports, because other runtimes lack some of the names: named imports would prevent the package from loading.
import channels from "node:diagnostics_channel";
import perfHooks from "node:perf_hooks";
import type { RecordingStream, RecordingView } from "@rerun-ts/core";
import { checkOptions, checkRecording, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";
import { frozenAt } from "@rerun-ts/core/recording";
import { Scalars, SeriesLines, TextLog } from "@rerun-ts/types";

/** Options of {@link logProcessMetrics}. */
export interface ProcessMetricsOptions {
  /** The interval of measuring memory, processor time and the event loop, in milliseconds. Default 1000. */
  intervalMs?: number | undefined;
  /** Whether requests of HTTP servers and of `fetch` are logged. Default `true`. */
  http?: boolean | undefined;
}

const KNOWN: OptionNames<ProcessMetricsOptions> = { intervalMs: 1, http: "boolean" };
const MAX_INTERVAL = 2 ** 31 - 1;
const MEGABYTE = 1e6;

/**
 * Logs measurements of the process until the returned function is called. They are `Scalars`: `{path}/memory`
 * (resident, heap in use, heap, external, in MB), `/cpu` (processors in use), `/event_loop/delay` (mean, 99th
 * percentile, maximum; in ms), and `/event_loop/utilization` (0 to 1). Durations in ms are logged at their beginnings:
 * of garbage collections as `/gc`, of requests answered by a server of `node:http` as `/http/server`, and of each
 * `fetch` as `/http/client`. The requests are also logged as text, without their queries. The process may end
 * meanwhile.
 *
 * @throws {TypeError} if an option is wrong
 * @example
 * const stop = rr.logProcessMetrics(rec);
 */
export function logProcessMetrics(
  recording: RecordingStream,
  path = "process",
  options: ProcessMetricsOptions = {},
): () => void {
  checkRecording(recording, "stats");
  checkOptions("logProcessMetrics", options, KNOWN);
  const { intervalMs = 1000, http = true } = options;
  if (typeof path !== "string") throw invalidArgument("path", "a string", path);
  if (typeof intervalMs !== "number" || !(intervalMs >= 1 && intervalMs <= MAX_INTERVAL))
    throw invalidArgument("intervalMs", `a number from 1 to ${MAX_INTERVAL}`, intervalMs);
  const parts: (() => void)[] = [];
  const stop = (): void => {
    for (const part of parts.splice(0)) part();
  };
  const target: Target = {
    recording,
    child: (part) => `${path}/${part}`,
    // Node reports measurements after the fact, so a row gets the time of their beginning.
    isOpen() {
      if (recording.state !== "closed") return true;
      stop();
      return false;
    },
    at: (startMs) => frozenAt(recording, {}, performance.timeOrigin + startMs),
  };
  parts.push(measurePeriodically(target, intervalMs), observeCollections(target));
  if (http) parts.push(observeServers(target), observeFetch(target));
  return stop;
}

interface Target {
  readonly recording: RecordingStream;
  /** The path of a part. */
  child(this: void, part: string): string;
  /** The recording at a time of the process's clock. */
  at(this: void, startMs: number): RecordingView;
  /** Whether the recording is open. Ends the measurements if it is not. */
  isOpen(this: void): boolean;
}

function measurePeriodically({ recording, child, isOpen }: Target, intervalMs: number): () => void {
  const names = (part: string, ...curves: string[]): void =>
    recording.log(child(part), new SeriesLines({ names: curves }), { static: true });
  names("memory", "resident (MB)", "heap in use (MB)", "heap (MB)", "external (MB)");
  names("cpu", "processors in use");
  names("event_loop/delay", "mean (ms)", "99 % (ms)", "maximum (ms)");
  names("event_loop/utilization", "utilization");
  const resolution = Math.min(20, Math.ceil(intervalMs / 2));
  const delay = perfHooks.monitorEventLoopDelay({ resolution });
  delay.enable();
  let [cpu, utilization, measuredAt] = [
    process.cpuUsage(),
    perfHooks.performance.eventLoopUtilization(),
    perfHooks.performance.now(),
  ];
  const measure = (): void => {
    if (!isOpen()) return;
    const now = perfHooks.performance.now();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    recording.log(child("memory"), new Scalars([rss, heapUsed, heapTotal, external].map((bytes) => bytes / MEGABYTE)));
    const { user, system } = process.cpuUsage(cpu);
    recording.log(child("cpu"), new Scalars((user + system) / 1000 / Math.max(now - measuredAt, 1)));
    // The monitor reports the intervals between its samples, so the resolution is subtracted.
    const late = (ns: number): number => Math.max(0, ns / 1e6 - resolution);
    if (delay.count > 0)
      recording.log(
        child("event_loop/delay"),
        new Scalars([late(delay.mean), late(delay.percentile(99)), late(delay.max)]),
      );
    const current = perfHooks.performance.eventLoopUtilization();
    const since = perfHooks.performance.eventLoopUtilization(current, utilization);
    recording.log(child("event_loop/utilization"), new Scalars(since.utilization));
    delay.reset();
    [cpu, utilization, measuredAt] = [process.cpuUsage(), current, now];
  };
  const timer = setInterval(measure, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

function observeCollections({ child, at, isOpen }: Target): () => void {
  const observer = new perfHooks.PerformanceObserver((list) => {
    if (!isOpen()) return;
    for (const { startTime, duration } of list.getEntries()) at(startTime).log(child("gc"), new Scalars(duration));
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}

function observeServers(target: Target): () => void {
  const started = new WeakMap<object, number>();
  return subscribeAll({
    "http.server.request.start": ({ request }) => started.set(request as object, performance.now()),
    "http.server.response.finish"({ request, response }) {
      const { method = "", url = "" } = request as { method?: string; url?: string };
      logRequest(target, "http/server", started.get(request as object), method, url, response);
    },
  });
}

function observeFetch(target: Target): () => void {
  const started = new WeakMap<object, number>();
  return subscribeAll({
    "undici:request:create": ({ request }) => started.set(request as object, performance.now()),
    "undici:request:headers"({ request, response }) {
      const { method = "", origin = "", path = "" } = request as { method?: string; origin?: unknown; path?: string };
      logRequest(target, "http/client", started.get(request as object), method, `${String(origin)}${path}`, response);
    },
  });
}

function logRequest(
  { child, at, isOpen }: Target,
  part: string,
  startMs: number | undefined,
  method: string,
  url: string,
  response: unknown,
): void {
  if (startMs === undefined || !isOpen()) return;
  const { statusCode = 0 } = response as { statusCode?: number };
  // The query is omitted, because it may contain secrets.
  const text = `${method} ${url.split("?", 1)[0]} ${statusCode}`;
  const view = at(startMs);
  view.log(child(part), new Scalars(performance.now() - startMs));
  view.log(child(`${part}/requests`), new TextLog(text, { level: statusCode >= 500 ? "ERROR" : "INFO" }));
}

type Message = Readonly<Record<string, unknown>>;

function subscribeAll(listeners: Readonly<Record<string, (message: Message) => void>>): () => void {
  const all = Object.entries(listeners).map(([name, listen]) => {
    const listener = (message: unknown): void => listen(message as Message);
    channels.subscribe(name, listener);
    return () => void channels.unsubscribe(name, listener);
  });
  return () => {
    for (const stop of all) stop();
  };
}
