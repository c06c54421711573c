import { mergeRrd, repairRrd } from "@rerun-ts/reading";
import { counted, warnOf } from "./rrd-sources.ts";
import { writing } from "./writing-command.ts";

/** Runs `rerun-ts rrd merge`. */
export const merge: (args: string[]) => Promise<void> = writing({}, (sources, _, options) =>
  mergeRrd(sources, options),
);

/** Runs `rerun-ts rrd repair`. */
export const repair: (args: string[]) => Promise<void> = writing({}, (sources, given, { onProgress }) =>
  repairRrd(sources, {
    onProgress,
    onReport: ({ chunks, lostBytes, damage }) => {
      warnOf(given, damage);
      console.error(`rerun-ts: found ${counted(chunks, "whole chunk")}, lost ${counted(lostBytes, "byte")}`);
    },
  }),
);
