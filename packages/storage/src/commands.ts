// The entry point `@rerun-ts/storage/commands`: the commands that this package adds to `rerun-ts`. It is not part of
// the public API.
import type { CommandEntry } from "rerun-ts/command";
import type { COMPACT } from "./cli/compact-table.ts";
import type { FLEET_STATUS } from "./cli/fleet-table.ts";
import type { INGEST } from "./cli/ingest-table.ts";
import type { KEEP } from "./cli/keep-table.ts";
import type { PARTS_CHECK } from "./cli/parts-check-table.ts";
import type { PARTS_MEND } from "./cli/parts-mend-table.ts";
import type { PUSH } from "./cli/push-table.ts";
import type { SHARE } from "./cli/share-table.ts";
import { loadIngest } from "./cli/load-ingest.ts";

export { openDataset } from "./cli/load-ingest.ts";

// Tables and code are loaded on demand, because a command needs few of the modules of the others.

const push: CommandEntry<typeof PUSH> = {
  table: async () => (await import("./cli/push-table.ts")).PUSH,
  run: async (values, context) => (await import("./cli/push-command.ts")).push(values, context),
};

const ingest: CommandEntry<typeof INGEST> = {
  table: async () => (await import("./cli/ingest-table.ts")).INGEST,
  run: async (values, context) => (await loadIngest()).ingest(values, context),
};

const compact: CommandEntry<typeof COMPACT> = {
  table: async () => (await import("./cli/compact-table.ts")).COMPACT,
  run: async (values, context) => (await import("./cli/compact-command.ts")).compact(values, context),
};

const partsCheck: CommandEntry<typeof PARTS_CHECK> = {
  table: async () => (await import("./cli/parts-check-table.ts")).PARTS_CHECK,
  run: async (values, context) => (await import("./cli/parts-command.ts")).checkParts(values, context),
};

const partsMend: CommandEntry<typeof PARTS_MEND> = {
  table: async () => (await import("./cli/parts-mend-table.ts")).PARTS_MEND,
  run: async (values, context) => (await import("./cli/parts-command.ts")).mendParts(values, context),
};

const fleetStatus: CommandEntry<typeof FLEET_STATUS> = {
  table: async () => (await import("./cli/fleet-table.ts")).FLEET_STATUS,
  run: async (values, context) => (await import("./cli/fleet-command.ts")).showFleet(values, context),
};

const keep: CommandEntry<typeof KEEP> = {
  table: async () => (await import("./cli/keep-table.ts")).KEEP,
  run: async (values, context) => (await import("./cli/keep-command.ts")).keep(values, context),
};

const share: CommandEntry<typeof SHARE> = {
  table: async () => (await import("./cli/share-table.ts")).SHARE,
  run: async (values, context) => (await import("./cli/share-command.ts")).share(values, context),
};

/** The commands by their names. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  push,
  share,
  ingest,
  compact,
  "parts check": partsCheck,
  "parts mend": partsMend,
  "fleet status": fleetStatus,
  "catalog keep": keep,
};
