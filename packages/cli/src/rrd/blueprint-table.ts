import type { CommandTable } from "../command/command-table.ts";
import { OUTPUT, RRD_EXITS } from "./rrd-flags.ts";

/** `rerun-ts rrd blueprint`. */
export const BLUEPRINT = {
  name: "rrd blueprint",
  summary: "Show a layout as the TypeScript that makes it",
  positionals: { usage: "[FILE.rbl]" },
  flags: {
    package: {
      kind: "choice",
      choices: ["@rerun-ts/node", "@rerun-ts/web"],
      default: "@rerun-ts/node",
      help: "The package of the imports",
    },
    name: { kind: "text", value: "NAME", default: "blueprint", help: "The name of the export" },
    "recording-id": { kind: "text", value: "ID", help: "Show this blueprint of the file" },
    ...OUTPUT,
    json: { kind: "switch", hidden: true, help: "Has no effect" },
    "continue-on-error": { kind: "switch", hidden: true, help: "Show all readable data, as always" },
  },
  exits: RRD_EXITS,
  examples: ["rrd blueprint layout.rbl -o layout.ts"],
} as const satisfies CommandTable;
