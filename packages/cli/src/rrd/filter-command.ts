import { filterRrd } from "@rerun-ts/reading";
import { writing } from "./writing-command.ts";

/** Runs `rerun-ts rrd filter`. */
export const filter: (args: string[]) => Promise<void> = writing(
  {
    "drop-timeline": { type: "string", multiple: true },
    "drop-entity": { type: "string", multiple: true },
    contents: { type: "string", multiple: true },
  },
  (sources, given, options) =>
    filterRrd(sources, {
      ...options,
      dropTimelines: given.texts("drop-timeline"),
      dropEntities: given.texts("drop-entity"),
      contents: given.texts("contents").length > 0 ? given.texts("contents") : undefined,
    }),
);
