import { routeRrd } from "@rerun-ts/reading";
import { writing } from "./writing-command.ts";

/** Runs `rerun-ts rrd route`. */
export const route: (args: string[]) => Promise<void> = writing(
  { "application-id": { type: "string" }, "recording-id": { type: "string" } },
  (sources, given, options) =>
    routeRrd(sources, {
      ...options,
      applicationId: given.text("application-id"),
      recordingId: given.text("recording-id"),
    }),
);
