import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { storeKey, toStoreId } from "@rerun-ts/core/rrd";
import { JoinedSources } from "../source/joined-sources.ts";
import { openSource, type RrdSource } from "../source/open-source.ts";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { FileLoader } from "../store/file-loader.ts";
import { readFooter, type Footer } from "../store/read-footer.ts";
import { addManifest } from "../store/read-manifest.ts";
import { StoreIndex } from "../store/store-index.ts";
import { RrdFile } from "./open-rrd.ts";

/** Parts that are opened at once. */
const OPENED_AT_ONCE = 16;

/** Options of {@link openRrdParts}. */
export interface OpenRrdPartsOptions extends ReadOptions {
  /** The number of bytes of decompressed chunks kept for later queries. Default 64 MiB. */
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
      const footers: Footer[] = [];
      for (let at = 0; at < sources.length; at += OPENED_AT_ONCE) {
        const some = sources
          .slice(at, at + OPENED_AT_ONCE)
          .map((source, index) => openPart(source, at + index, options));
        const parts = await settled(some, (access) => opened.push(access));
        footers.push(...parts);
      }
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
      for (const access of opened) await access.close?.();
      throw error;
    }
  });
}

/** Waits for all parts, and notes what is open, also if one fails. */
async function settled(
  parts: readonly Promise<{ readonly access: RandomAccess; readonly footer: Footer | RerunError }>[],
  onOpened: (access: RandomAccess) => void,
): Promise<readonly Footer[]> {
  const results = await Promise.allSettled(parts);
  for (const result of results) if (result.status === "fulfilled") onOpened(result.value.access);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    if (result.value.footer instanceof RerunError) throw result.value.footer;
    return result.value.footer;
  });
}

async function openPart(
  source: RrdSource,
  index: number,
  options: ReadOptions,
): Promise<{ readonly access: RandomAccess; readonly footer: Footer | RerunError }> {
  const access = await openSource(source, options);
  try {
    const footer = await readFooter(access, options);
    if (!("missing" in footer)) return { access, footer };
    const name = typeof source === "string" || source instanceof URL ? String(source) : `\`sources[${index}]\``;
    return { access, footer: new RerunError("INVALID_FORMAT", `${name} is no complete part: ${footer.missing}`) };
  } catch (error) {
    return { access, footer: RerunError.from(error) };
  }
}

/** The recordings and blueprints of all parts. */
function indexOf(footers: readonly Footer[], starts: readonly number[]): readonly StoreIndex[] {
  const stores = new Map<string, StoreIndex>();
  for (const [part, footer] of footers.entries()) {
    for (const manifest of footer.manifests) {
      const storeId = toStoreId(manifest.storeId);
      const key = storeKey(storeId);
      const store = stores.get(key) ?? new StoreIndex(storeId);
      stores.set(key, store);
      addManifest(store, manifest, starts[part]);
    }
    for (const { storeId, source } of footer.storeInfos) {
      const store = stores.get(storeKey(storeId));
      if (store !== undefined) store.source ??= source;
    }
  }
  return [...stores.values()];
}
