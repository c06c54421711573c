import { RERUN_VERSION, VERSION } from "@rerun-ts/core";

/** A number about a program, for Prometheus. */
export interface StatusMetric {
  /** The name after the prefix `rerun_ts_`. The name of a counter ends in `_total`. */
  readonly name: string;
  /** A sentence about the metric. */
  readonly help: string;
  readonly value: number;
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
  ];
  const labels = Object.entries({ command, version: VERSION, rerun: RERUN_VERSION })
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"]/g, String.raw`\$&`)}"`)
    .join(",");
  const build = lines("build_info", "The command and its versions.", "gauge", `{${labels}} 1`);
  return [...own, ...metrics]
    .map(({ name, help, value }) => lines(name, help, name.endsWith("_total") ? "counter" : "gauge", ` ${value}`))
    .concat(build)
    .join("");
}

function lines(name: string, help: string, type: string, sample: string): string {
  const full = `rerun_ts_${name}`;
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full}${sample}\n`;
}
