import type { GroupTable } from "../command/command-table.ts";

/** `rerun-ts catalog`. */
export const CATALOG_GROUP: GroupTable = {
  name: "catalog",
  summary: "List, register, upload and query the datasets of a server",
  description: [
    "Work with a catalog: a `rerun server`, Rerun's cloud, or a native viewer. Its URL is such as rerun+http://localhost:51234, or rerun://host with encryption.",
  ],
};
