import { totalmem } from "node:os";
import { RERUN_VERSION, VERSION } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";

/** A number about a program, for Prometheus. */
export interface StatusMetric {
  /** The name after the prefix `rerun_ts_`. The name of a counter ends in `_total`. */
  readonly name: string;
  /** A sentence about the metric. */
  readonly help: string;
  readonly value: number;
  /** The labels that tell numbers with one name apart. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The state of a program. */
export interface StatusReport {
  /** The reason why the program does not do its work, or `undefined` if it works. */
  readonly problem: string | undefined;
  /** Further facts for `/healthz`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly metrics: readonly StatusMetric[];
}

/** The text of `/healthz`. */
export function healthText(command: string, { problem, details }: StatusReport): string {
  const status = problem === undefined ? "ok" : "failing";
  return `${JSON.stringify({ command, status, reason: problem, ...details }, undefined, 2)}\n`;
}

/** The text of `/metrics`. Source: the text format 0.0.4 of Prometheus. */
export function metricsText(command: string, { problem, metrics }: StatusReport): string {
  const own: readonly StatusMetric[] = [
    { name: "healthy", help: "Whether the program does its work: 1 if it does, 0 if not.", value: Number(!problem) },
    {
      name: "start_time_seconds",
      help: "The time at which the program has started, in seconds since 1970.",
      value: Math.round(performance.timeOrigin / 1000),
    },
    { name: "memory_bytes", help: "The memory of the program.", value: process.memoryUsage.rss() },
    {
      name: "memory_limit_bytes",
      help: "The memory that the program may use: the limit of its container or unit, or that of the machine.",
      value: memoryLimit(),
    },
  ];
  const build = {
    name: "build_info",
    help: "The command and its versions.",
    value: 1,
    labels: { command, version: VERSION, rerun: RERUN_VERSION },
  };
  const byName = new Map<string, StatusMetric[]>();
  for (const metric of [...own, ...metrics, build]) {
    getOrAdd(byName, metric.name, () => []).push(metric);
  }
  return [...byName.values()].map(lines).join("");
}

/** The limit by the kernel, which is 0 or very large if there is none. */
function memoryLimit(): number {
  const [limit, machine] = [process.constrainedMemory(), totalmem()];
  return limit > 0 && limit < machine ? limit : machine;
}

/** The lines of the metrics with one name. */
function lines(metrics: readonly StatusMetric[]): string {
  const [{ name, help } = { name: "", help: "" }] = metrics;
  const full = `rerun_ts_${name}`;
  const type = name.endsWith("_total") ? "counter" : "gauge";
  const samples = metrics.map(({ value, labels }) => `${full}${labelsText(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${samples.join("")}`;
}

function labelsText(labels: StatusMetric["labels"]): string {
  if (labels === undefined) return "";
  const escaped = (value: string): string =>
    value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}
