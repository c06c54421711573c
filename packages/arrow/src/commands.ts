// The entry point `@rerun-ts/arrow/commands`: what the command `rerun-ts` needs. The bundle for Node has the libraries
// and the used parts of `core` in it, because a command ends soon after its start. Each function loads the little that
// one command needs. `node` may import it, in `cli` only. It is not public: its tables are of other classes than those
// of the `apache-arrow` that a program imports.
import type * as catalog from "./catalog.ts";
import type * as arrow from "./index.ts";
import type * as mcap from "./mcap.ts";
import type * as files from "./node-files.ts";

/** Loads all that reads, changes and writes recordings. */
export function loadArrow(): Promise<typeof arrow> {
  return import("./index.ts");
}

/** Loads the comparison of recordings. */
export function loadCompareRrd(): Promise<Pick<typeof arrow, "compareRrd">> {
  return import("./compare/compare-rrd.ts");
}

/** Loads the removal of data. */
export function loadFilterRrd(): Promise<Pick<typeof arrow, "filterRrd">> {
  return import("./tools/filter-rrd.ts");
}

/** Loads what joins and repairs recordings. */
export function loadMergeRrd(): Promise<Pick<typeof arrow, "mergeRrd" | "repairRrd">> {
  return import("./tools/merge-rrd.ts");
}

/** Loads the conversion of old recordings. */
export function loadMigrateRrd(): Promise<Pick<typeof arrow, "migrateRrd">> {
  return import("./tools/migrate-rrd.ts");
}

/** Loads the search for the best chunks. */
export function loadOptimizeRrd(): Promise<Pick<typeof arrow, "optimizeRrd">> {
  return import("./tools/optimize-rrd.ts");
}

/** Loads what describes messages. */
export function loadPrintRrd(): Promise<Pick<typeof arrow, "printRrd">> {
  return import("./tools/print-rrd.ts");
}

/** Loads the change of names of recordings. */
export function loadRouteRrd(): Promise<Pick<typeof arrow, "routeRrd">> {
  return import("./tools/route-rrd.ts");
}

/** Loads what splits recordings. */
export function loadSplitRrd(): Promise<Pick<typeof arrow, "splitRrd">> {
  return import("./tools/split-rrd.ts");
}

/** Loads what counts bytes and chunks. */
export function loadRrdStats(): Promise<Pick<typeof arrow, "rrdStats">> {
  return import("./tools/stats-rrd.ts");
}

/** Loads the checks of recordings. */
export function loadVerifyRrd(): Promise<Pick<typeof arrow, "verifyRrd">> {
  return import("./tools/verify-rrd.ts");
}

/** Loads the conversion of MCAP files to recordings. */
export function loadConvertMcap(): Promise<Pick<typeof mcap, "convertMcap">> {
  return import("./mcap/chunks/mcap-rrd.ts");
}

/** Loads the conversion of recordings to MCAP files. */
export function loadExportMcap(): Promise<Pick<typeof mcap, "exportMcap">> {
  return import("./mcap/export/export-mcap.ts");
}

/** Loads what lists the contents of MCAP files. */
export function loadMcapInfo(): Promise<Pick<typeof mcap, "mcapInfo">> {
  return import("./mcap/info/mcap-info.ts");
}

/** Loads the checks of MCAP files. */
export function loadCheckMcap(): Promise<Pick<typeof mcap, "checkMcap">> {
  return import("./mcap/info/check-mcap.ts");
}

/** Loads what reads catalogs. */
export function loadCatalog(): Promise<typeof catalog> {
  return import("./catalog.ts");
}

/**
 * Starts the thread that decompresses zstd, if an MCAP file begins with zstd and there is a thread. It begins with the
 * first chunks while the rest is loaded.
 */
export async function prepareZstd(path: string): Promise<void> {
  const [{ prepareDecompressThread }, { firstChunks }] = await Promise.all([
    import("#threads"),
    import("./mcap/file/first-chunks.ts"),
  ]);
  prepareDecompressThread(path, firstChunks);
}

/** Loads how files are replaced, and how memory is used again. */
export function loadFiles(): Promise<typeof files> {
  return import("./node-files.ts");
}
