import { routeRrd } from "@rerun-ts/reading";
import type { ValuesOf } from "../command/command-table.ts";
import type { ROUTE } from "./route-table.ts";
import { writeRecording } from "./writing-command.ts";

/** Runs `rerun-ts rrd route`. */
export function route(values: ValuesOf<typeof ROUTE>): Promise<void> {
  const { "application-id": applicationId, "recording-id": recordingId } = values;
  return writeRecording(values, (sources, _, options) => routeRrd(sources, { ...options, applicationId, recordingId }));
}
