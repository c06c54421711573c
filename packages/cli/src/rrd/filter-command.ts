import { filterRrd } from "@rerun-ts/reading";
import type { ValuesOf } from "../command/command-table.ts";
import type { FILTER } from "./filter-table.ts";
import { writeRecording } from "./writing-command.ts";

/** Runs `rerun-ts rrd filter`. */
export function filter(values: ValuesOf<typeof FILTER>): Promise<void> {
  const { "drop-timeline": dropTimelines = [], "drop-entity": dropEntities = [], contents } = values;
  return writeRecording(values, (sources, _, options) =>
    filterRrd(sources, { ...options, dropTimelines, dropEntities, contents }),
  );
}
