import { mergeRrd, repairRrd } from "@rerun-ts/reading";
import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import type { MERGE } from "./merge-table.ts";
import type { REPAIR } from "./repair-table.ts";
import { warnOf } from "./rrd-sources.ts";
import { writeRecording } from "./writing-command.ts";

/** Runs `rerun-ts rrd merge`. */
export function merge(values: ValuesOf<typeof MERGE>): Promise<void> {
  return writeRecording(values, (sources, _, options) => mergeRrd(sources, options));
}

/** Runs `rerun-ts rrd repair`. */
export function repair(values: ValuesOf<typeof REPAIR>): Promise<void> {
  return writeRecording(values, (sources, given, { onProgress }) =>
    repairRrd(sources, {
      onProgress,
      onReport: ({ chunks, lostBytes, damage }) => {
        warnOf(given, damage);
        console.error(`rerun-ts: found ${counted(chunks, "whole chunk")}, lost ${counted(lostBytes, "byte")}`);
      },
    }),
  );
}
