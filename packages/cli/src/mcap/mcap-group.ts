import type { GroupTable } from "../command/command-table.ts";

/** `rerun-ts mcap`. */
export const MCAP_GROUP: GroupTable = {
  name: "mcap",
  summary: "Convert, describe and check MCAP files",
  description: ["Work with MCAP files. The commands have the names and options of `rerun mcap`."],
};
