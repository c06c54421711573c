import type { StatusMetric } from "@rerun-ts/node/status";
import type { DueWorkReport } from "./due-work.ts";

/**
 * The metrics of due work, which have the same names for all components.
 *
 * @param labels the component, and which of several it is
 */
export function dueWorkMetrics(
  labels: { readonly component: string } & Readonly<Record<string, string>>,
  report: DueWorkReport,
): readonly StatusMetric[] {
  const { secondsSinceSuccess, oldestFailureSeconds, failing, waitingBytes, oldestWaitingSeconds } = report;
  return [
    {
      name: "due_seconds_since_success",
      help: "Seconds since the last success while something is due, otherwise 0.",
      value: secondsSinceSuccess,
      labels,
    },
    { name: "due_waiting_bytes", help: "Bytes that wait.", value: waitingBytes, labels },
    { name: "due_oldest_seconds", help: "The age of the oldest of what waits.", value: oldestWaitingSeconds, labels },
    { name: "due_failing", help: "Things that fail, and are tried again.", value: failing, labels },
    {
      name: "due_oldest_failure_seconds",
      help: "Seconds since the first failure of what has failed longest.",
      value: oldestFailureSeconds,
      labels,
    },
  ];
}
