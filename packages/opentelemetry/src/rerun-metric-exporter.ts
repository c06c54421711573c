import type { EntityPath, RecordingStream, RecordingView } from "@rerun-ts/core";
import { reportWarning } from "@rerun-ts/core/integration";
import { BarChart, Scalars, SeriesLines } from "@rerun-ts/types";
import { attributeText, type AttributesLike, type MetricsLike, type PointValueLike } from "./telemetry-like.ts";
import { TelemetryTarget, type TelemetryOptions } from "./telemetry-target.ts";

/** The combinations of metrics and attributes that are logged. */
const MAX_SERIES = 1000;
/** Values of OpenTelemetry's enumerations. */
const SUCCESS = 0;
const DELTA = 0;
const CUMULATIVE = 1;

/** The result of an export: an `ExportResult` of OpenTelemetry. */
export interface ExportResultLike {
  /** 0 for success. */
  readonly code: number;
}

/**
 * An exporter of metrics for OpenTelemetry. The metric `http.requests` becomes the entity `{entityPath}/http/requests`,
 * and each set of attributes one below it, such as `…/method=GET/status=200`: counters and gauges as `Scalars`,
 * histograms as a `BarChart` of the last interval with its `Scalars` in `…/mean`. Times are those of the points. At
 * most 1000 sets of attributes are logged. Further sets are reported once and omitted. The exporter never throws, and
 * always reports success.
 *
 * @example
 * const exporter = new RerunMetricExporter(rec);
 * const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1000 });
 * const provider = new MeterProvider({ readers: [reader] });
 */
export class RerunMetricExporter {
  readonly #target: TelemetryTarget;
  readonly #series = new Set<string>();

  /**
   * @param recording the recording to log to. Default: the global recording
   * @throws {TypeError} if an argument is wrong
   */
  constructor(recording?: RecordingStream, options: TelemetryOptions = {}) {
    this.#target = new TelemetryTarget("RerunMetricExporter", recording, options, "metrics");
  }

  /** Called by the reader with its metrics. */
  export(metrics: MetricsLike, resultCallback: (result: ExportResultLike) => void): void {
    this.#target.run((at, recording) => {
      for (const { metrics: all } of metrics.scopeMetrics) {
        for (const { descriptor, dataPoints } of all) {
          const { name, unit } = descriptor;
          const label = unit === "" || unit === "1" ? name : `${name} (${unit})`;
          for (const { endTime, attributes, value } of dataPoints) {
            // Each point on its own, so that a wrong one costs no other.
            this.#target.attempt(() => {
              const path = this.#target.path.join(...partsOf(name), ...attributeParts(attributes));
              if (this.#isLogged(recording, path, label, value)) logPoint(at(endTime), path, value);
            });
          }
        }
      }
    });
    resultCallback({ code: SUCCESS });
  }

  /** The kind of values that the reader collects: histograms of the last interval, sums of all. */
  selectAggregationTemporality(instrumentType: string): number {
    return instrumentType === "HISTOGRAM" ? DELTA : CUMULATIVE;
  }

  /** Waits until all logged data is sent. Never rejects. */
  forceFlush(): Promise<void> {
    return this.#target.flush();
  }

  /** Does the same. Later metrics are ignored. The recording stays open. */
  shutdown(): Promise<void> {
    return this.#target.shutdown();
  }

  /** Whether a series is logged. A new series gets its label. */
  #isLogged(recording: RecordingStream, path: EntityPath, label: string, value: PointValueLike): boolean {
    const key = path.toString();
    if (this.#series.has(key)) return true;
    if (this.#series.size >= MAX_SERIES) {
      reportWarning(recording, `metrics with more than ${MAX_SERIES} sets of attributes are left out`);
      return false;
    }
    this.#series.add(key);
    const curve = typeof value === "number" ? path : path.join("mean");
    recording.log(curve, new SeriesLines({ names: [label] }), { static: true });
    return true;
  }
}

function logPoint(view: RecordingView, path: EntityPath, value: PointValueLike): void {
  if (typeof value === "number") return view.log(path, new Scalars(value));
  const { count, sum, buckets } = value;
  if (buckets !== undefined) {
    // The last bucket has no upper bound, so it repeats the last boundary.
    const { boundaries, counts } = buckets;
    view.log(path, new BarChart(counts, { abscissa: [...boundaries, boundaries.at(-1) ?? 0].slice(0, counts.length) }));
  }
  if (sum !== undefined && count > 0) view.log(path.join("mean"), new Scalars(sum / count));
}

/** The parts of the name of a metric: two in `http.requests`. */
function partsOf(name: string): string[] {
  return name.split(/[./]/).filter((part) => part !== "");
}

function attributeParts(attributes: AttributesLike): string[] {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${attributeText(value)}`)
    .sort();
}
