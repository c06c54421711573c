// The entry point `@rerun-ts/arrow/commands`: what the command `rerun-ts` needs. The bundle for Node has the libraries
// in it, because a command ends soon after its start. `node` may import it, in `cli` only. It is not public: its tables
// are of other classes than those of the `apache-arrow` that a program imports.
import type * as catalog from "./catalog.ts";
import type * as arrow from "./index.ts";
import type * as mcap from "./mcap.ts";
import type * as files from "./node-files.ts";

/** Loads what reads, changes and writes recordings. */
export function loadArrow(): Promise<typeof arrow> {
  return import("./index.ts");
}

/** Loads what reads and writes MCAP files. */
export function loadMcap(): Promise<typeof mcap> {
  return import("./mcap.ts");
}

/** Loads what reads catalogs. */
export function loadCatalog(): Promise<typeof catalog> {
  return import("./catalog.ts");
}

/** Starts the thread that decompresses zstd, if there is one, before the rest is loaded that needs it. */
export async function prepareZstd(): Promise<void> {
  const [{ nativeZstd }, { prepareDecompressThread }] = await Promise.all([import("#native-zstd"), import("#threads")]);
  if (nativeZstd === undefined) prepareDecompressThread();
}

/** Loads how files are replaced. */
export function loadFiles(): Promise<typeof files> {
  return import("./node-files.ts");
}
