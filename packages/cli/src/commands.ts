import type { CommandContext } from "./command/command-context.ts";
import type { CommandEntry, CommandTable, GroupTable, RunCommand, ValuesOf } from "./command/command-table.ts";
import { STORAGE_COMMANDS, storageEntry } from "./storage-commands.ts";

/** The commands by their names, in the order of the help. Tables and code are loaded when they are needed. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: entry(
    async () => (await import("./serve-table.ts")).SERVE,
    async () => (await import("./serve-command.ts")).serve,
  ),
  view: entry(
    async () => (await import("./view-table.ts")).VIEW,
    async () => (await import("./view-command.ts")).view,
  ),
  link: entry(
    async () => (await import("./link-table.ts")).LINK,
    async () => (await import("./link-command.ts")).link,
  ),
  "viewer-files": entry(
    async () => (await import("./viewer-files-table.ts")).VIEWER_FILES,
    async () => (await import("./viewer-files-command.ts")).viewerFiles,
  ),
  download: entry(
    async () => (await import("./download/download-table.ts")).DOWNLOAD,
    async () => (await import("./download/download-command.ts")).download,
  ),
  "rrd print": entry(
    async () => (await import("./rrd/print-table.ts")).PRINT,
    async () => (await import("./rrd/print-command.ts")).printMessages,
  ),
  "rrd stats": entry(
    async () => (await import("./rrd/stats-table.ts")).STATS,
    async () => (await import("./rrd/stats-command.ts")).stats,
  ),
  "rrd verify": entry(
    async () => (await import("./rrd/verify-table.ts")).VERIFY,
    async () => (await import("./rrd/verify-command.ts")).verify,
  ),
  "rrd compare": entry(
    async () => (await import("./rrd/compare-table.ts")).COMPARE,
    async () => (await import("./rrd/compare-command.ts")).compare,
  ),
  "rrd query": entry(
    async () => (await import("./rrd/query-table.ts")).QUERY,
    async () => (await import("./rrd/query-command.ts")).query,
  ),
  "rrd blueprint": entry(
    async () => (await import("./rrd/blueprint-table.ts")).BLUEPRINT,
    async () => (await import("./rrd/blueprint-command.ts")).printBlueprint,
  ),
  "rrd merge": entry(
    async () => (await import("./rrd/merge-table.ts")).MERGE,
    async () => (await import("./rrd/merge-command.ts")).merge,
  ),
  "rrd repair": entry(
    async () => (await import("./rrd/repair-table.ts")).REPAIR,
    async () => (await import("./rrd/merge-command.ts")).repair,
  ),
  "rrd filter": entry(
    async () => (await import("./rrd/filter-table.ts")).FILTER,
    async () => (await import("./rrd/filter-command.ts")).filter,
  ),
  "rrd route": entry(
    async () => (await import("./rrd/route-table.ts")).ROUTE,
    async () => (await import("./rrd/route-command.ts")).route,
  ),
  "rrd split": entry(
    async () => (await import("./rrd/split-table.ts")).SPLIT,
    async () => (await import("./rrd/split-command.ts")).split,
  ),
  "rrd migrate": entry(
    async () => (await import("./rrd/migrate-table.ts")).MIGRATE,
    async () => (await import("./rrd/migrate-command.ts")).migrate,
  ),
  "rrd optimize": entry(
    async () => (await import("./rrd/optimize-table.ts")).OPTIMIZE,
    async () => (await import("./rrd/optimize-command.ts")).optimize,
  ),
  "rrd html": entry(
    async () => (await import("./rrd/html-table.ts")).HTML,
    async () => (await import("./rrd/html-command.ts")).html,
  ),
  "rrd video": entry(
    async () => (await import("./rrd/video-table.ts")).VIDEO,
    async () => (await import("./rrd/video-command.ts")).video,
  ),
  seal: entry(
    async () => (await import("./seal-table.ts")).SEAL,
    async () => (await import("./seal-command.ts")).seal,
  ),
  "mcap convert": entry(
    async () => (await import("./mcap/convert-table.ts")).CONVERT,
    async () => (await import("./mcap/convert-command.ts")).convert,
  ),
  "mcap export": entry(
    async () => (await import("./mcap/export-table.ts")).EXPORT,
    async () => (await import("./mcap/export-command.ts")).exportFile,
  ),
  "mcap info": entry(
    async () => (await import("./mcap/info-table.ts")).INFO,
    async () => (await import("./mcap/info-command.ts")).info,
  ),
  "mcap check": entry(
    async () => (await import("./mcap/check-table.ts")).CHECK,
    async () => (await import("./mcap/check-command.ts")).check,
  ),
  "catalog ls": entry(
    async () => (await import("./catalog/catalog-ls-table.ts")).LS,
    async () => (await import("./catalog/catalog-ls-command.ts")).ls,
  ),
  "catalog info": entry(
    async () => (await import("./catalog/catalog-info-table.ts")).INFO,
    async () => (await import("./catalog/catalog-info-command.ts")).info,
  ),
  "catalog register": entry(
    async () => (await import("./catalog/catalog-register-table.ts")).REGISTER,
    async () => (await import("./catalog/catalog-register-command.ts")).register,
  ),
  "catalog upload": entry(
    async () => (await import("./catalog/catalog-upload-table.ts")).UPLOAD,
    async () => (await import("./catalog/catalog-upload-command.ts")).upload,
  ),
  "catalog query": entry(
    async () => (await import("./catalog/catalog-query-table.ts")).QUERY,
    async () => (await import("./catalog/catalog-query-command.ts")).query,
  ),
  "catalog link": entry(
    async () => (await import("./catalog/catalog-link-table.ts")).LINK,
    async () => (await import("./catalog/catalog-link-command.ts")).link,
  ),
  "catalog rm": entry(
    async () => (await import("./catalog/catalog-rm-table.ts")).RM,
    async () => (await import("./catalog/catalog-rm-command.ts")).rm,
  ),
  "controls ls": entry(
    async () => (await import("./controls/controls-ls-table.ts")).LS,
    async () => (await import("./controls/controls-ls-command.ts")).ls,
  ),
  "controls get": entry(
    async () => (await import("./controls/controls-get-table.ts")).GET,
    async () => (await import("./controls/controls-get-command.ts")).get,
  ),
  "controls set": entry(
    async () => (await import("./controls/controls-set-table.ts")).SET,
    async () => (await import("./controls/controls-set-command.ts")).set,
  ),
  "controls press": entry(
    async () => (await import("./controls/controls-press-table.ts")).PRESS,
    async () => (await import("./controls/controls-press-command.ts")).press,
  ),
  "controls watch": entry(
    async () => (await import("./controls/controls-watch-table.ts")).WATCH,
    async () => (await import("./controls/controls-watch-command.ts")).watch,
  ),
  server: entry(
    async () => (await import("./server-table.ts")).SERVER,
    async () => (await import("./server-command.ts")).server,
  ),
  completion: entry(
    async () => (await import("./completion-table.ts")).COMPLETION,
    async () => {
      const { completion } = await import("./completion-command.ts");
      return (values) => completion(values, COMMANDS);
    },
  ),
  ...Object.fromEntries(STORAGE_COMMANDS.map((name) => [name, storageEntry(name)])),
};

/** The groups of commands. */
export const GROUPS: Readonly<Record<string, () => Promise<GroupTable>>> = {
  rrd: async () => (await import("./rrd/rrd-group.ts")).RRD_GROUP,
  mcap: async () => (await import("./mcap/mcap-group.ts")).MCAP_GROUP,
  catalog: async () => (await import("./catalog/catalog-group.ts")).CATALOG_GROUP,
  controls: async () => (await import("./controls/controls-group.ts")).CONTROLS_GROUP,
  parts: async () => ({
    name: "parts",
    summary: "Find and mend damaged parts in object storage",
    needsCommand: true,
  }),
  fleet: async () => ({
    name: "fleet",
    summary: "Show what producers, ingesters and catalogs have, and lack",
    needsCommand: true,
  }),
};

/** The names of the commands of a group, without the name of the group. */
export function commandsOf(group: string): string[] {
  return Object.keys(COMMANDS).flatMap((name) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []));
}

function entry<Table extends CommandTable>(
  table: () => Promise<Table>,
  load: () => Promise<RunCommand<Table>>,
): CommandEntry<Table> {
  return {
    table,
    async run(values: ValuesOf<Table>, context: CommandContext): Promise<void> {
      await (
        await load()
      )(values, context);
    },
  };
}
