import type { GroupTable } from "../command/command-table.ts";

/** `rerun-ts rrd`. */
export const RRD_GROUP: GroupTable = {
  name: "rrd",
  summary: "Query, check, merge, cut, optimize and repair recordings",
  description: [
    "Work with recordings in files. Without a FILE, or with -, a recording is read from standard input. A folder stands for all recordings in it, such as the parts of `saveParts`. The commands have the names and options of `rerun rrd`; query, blueprint, repair and video are additions.",
  ],
};
