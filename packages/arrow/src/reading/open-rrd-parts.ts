import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { storeKey, toStoreId } from "@rerun-ts/core/rrd";
import { JoinedSources } from "../source/joined-sources.ts";
import { openSource, type RrdSource } from "../source/open-source.ts";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { FileLoader } from "../store/file-loader.ts";
import { readFooter, type Footer } from "../store/read-footer.ts";
import { addManifest, IndexSchemas } from "../store/read-manifest.ts";
import { StoreIndex } from "../store/store-index.ts";
import { RrdFile } from "./open-rrd.ts";

/**
 * The number of parts to open at once. With many parts in object storage, the latency of requests takes most of the
 * time.
 */
const OPENED_AT_ONCE = 64;

/** Options of {@link openRrdParts}. */
export interface OpenRrdPartsOptions extends ReadOptions {
  /** The bytes of decompressed chunks kept for later queries, with 5 kB for the objects of each. Default 64 MiB. */
  maxCacheBytes?: number | undefined;
}

const KNOWN: OptionNames<OpenRrdPartsOptions> = { maxCacheBytes: 1, signal: 1 };

/**
 * Opens the parts of a recording as one, such as the files of `saveParts`. Only their footers are read at first, and
 * later the requested chunks. A chunk in several parts counts once, such as static data.
 *
 * @param sources the parts, each as for {@link openRrd}
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong, `INVALID_FORMAT` if a part has no footer,
 * and the errors of {@link openRrd}
 *
 * @example
 * await using file = await openRrdParts(["run7-000001.rrd", "run7-000002.rrd"]);
 * const table = await file.recording().query({ index: "frame" }).toTable();
 */
export function openRrdParts(sources: readonly RrdSource[], options: OpenRrdPartsOptions = {}): Promise<RrdFile> {
  return withRerunErrors(async () => {
    checkOptions("openRrdParts", options, KNOWN);
    nonNegative("maxCacheBytes", options.maxCacheBytes ?? 0);
    if (!Array.isArray(sources)) throw invalidArgument("sources", "an array of sources", sources);
    const opened: RandomAccess[] = [];
    try {
      const footers = await openAll(sources, opened, options);
      const joined = new JoinedSources(opened);
      return new RrdFile(
        joined,
        indexOf(footers, joined.starts),
        new FileLoader(joined, undefined, options.maxCacheBytes),
        [],
        [],
        true,
      );
    } catch (error) {
      for (const access of opened) await (access as RandomAccess | undefined)?.close?.();
      throw error;
    }
  });
}

/** Opens all parts in order. If one fails, `opened` has the parts that must be closed. */
async function openAll(
  sources: readonly RrdSource[],
  opened: RandomAccess[],
  options: ReadOptions,
): Promise<readonly Footer[]> {
  const footers: Footer[] = [];
  let failure: { readonly error: unknown } | undefined;
  const next = sources.entries();
  const openSome = async (): Promise<void> => {
    for (const [index, source] of next) {
      if (failure !== undefined) return;
      try {
        const access = await openSource(source, options);
        opened[index] = access;
        footers[index] = await footerOf(access, source, index, options);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openSome));
  if (failure !== undefined) throw failure.error;
  return footers;
}

async function footerOf(access: RandomAccess, source: RrdSource, index: number, options: ReadOptions): Promise<Footer> {
  const footer = await readFooter(access, options);
  if (!("missing" in footer)) return footer;
  const name = typeof source === "string" || source instanceof URL ? String(source) : `\`sources[${index}]\``;
  throw new RerunError("INVALID_FORMAT", `${name} is no complete part: ${footer.missing}`);
}

/** The schemas of the last call, until their memory is needed: parts that are opened one by one have the same. */
let lastSchemas: WeakRef<IndexSchemas> | undefined;

/** The recordings and blueprints of all parts. */
function indexOf(footers: readonly Footer[], starts: readonly number[]): readonly StoreIndex[] {
  const stores = new Map<string, StoreIndex>();
  const schemas = lastSchemas?.deref() ?? new IndexSchemas();
  lastSchemas = new WeakRef(schemas);
  for (const [part, footer] of footers.entries()) {
    for (const manifest of footer.manifests) {
      const storeId = toStoreId(manifest.storeId);
      const key = storeKey(storeId);
      const store = stores.get(key) ?? new StoreIndex(storeId);
      stores.set(key, store);
      addManifest(store, manifest, starts[part], schemas);
    }
    for (const { storeId, source } of footer.storeInfos) {
      const store = stores.get(storeKey(storeId));
      if (store !== undefined) store.source ??= source;
    }
  }
  return [...stores.values()];
}
