import type { StatusReport } from "@rerun-ts/node/status";
import type { DueWorkReport } from "../status/due-work.ts";
import { dueWorkMetrics } from "../status/due-work-metrics.ts";
import type { UnclearRecording } from "./catalog-keeper.ts";
import type { QuarantinedPart } from "./quarantine.ts";

/** The longest list of refused parts in an answer. */
const MAX_LISTED = 100;

/** The state of a keeper. */
export interface KeeperStatus {
  readonly catalog: string;
  readonly store: string;
  readonly registered: number;
  readonly pending: number;
  readonly quarantined: readonly QuarantinedPart[];
  readonly unclear: readonly UnclearRecording[];
  readonly passes: number;
  readonly failures: number;
  /** The failure of the last pass, or `undefined` after a success. */
  readonly lastFailure: string | undefined;
  /** The state of pending work. */
  readonly due: DueWorkReport;
}

/** The state of a keeper for `/healthz` and `/metrics`. */
export function keeperReport({ quarantined, unclear: all, lastFailure, due, ...status }: KeeperStatus): StatusReport {
  const { registered, pending, passes, failures } = status;
  const refused = { count: quarantined.length, parts: quarantined.slice(0, MAX_LISTED) };
  const unclear = { count: all.length, recordings: all.slice(0, MAX_LISTED) };
  const { catalog, store } = status;
  // A call may hang, without an error that names either.
  const problem = due.problem && `${due.problem}: from the store ${store} to the catalog ${catalog}`;
  return {
    // Before the first pass a catalog lacks everything.
    problem: lastFailure ?? problem ?? (passes > 0 ? undefined : "the parts are being registered for the first time"),
    details: { ...status, refused, unclear, due },
    metrics: [
      ...dueWorkMetrics({ component: "catalog keep" }, due),
      { name: "keep_parts_registered", help: "Parts of the store that the catalog has.", value: registered },
      { name: "keep_parts_pending", help: "Parts of the store that the catalog lacks.", value: pending },
      { name: "keep_parts_refused", help: "Parts that are damaged, or do not fit.", value: quarantined.length },
      { name: "keep_recordings_unclear", help: "Recordings with damage among their records.", value: all.length },
      { name: "keep_passes_total", help: "Completed comparisons of the store and the catalog.", value: passes },
      { name: "keep_failures_total", help: "Failed comparisons of the store and the catalog.", value: failures },
    ],
  };
}
