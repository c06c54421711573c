import { RerunError } from "@rerun-ts/core";
import {
  checkOptions,
  invalidArgument,
  nonNegative,
  withRerunErrors,
  type OptionNames,
  isUrl,
} from "@rerun-ts/core/checks";
import { toStoreId } from "@rerun-ts/core/rrd";
import { forEachInParallel } from "@rerun-ts/core/util";
import type { Damage } from "../source/frame-reader.ts";
import { JoinedSources } from "../source/joined-sources.ts";
import { openSource, type RrdSource } from "../source/open-source.ts";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { FileLoader } from "../store/file-loader.ts";
import { readFooter, type Footer, type NoFooter } from "../store/read-footer.ts";
import { addManifest, IndexSchemas } from "../store/read-manifest.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { SharedFields } from "../store/shared-fields.ts";
import { RrdFile, type LeftOutPart } from "./open-rrd.ts";
import { scanInto, StoreSet } from "./scan-stores.ts";

/**
 * The number of parts to open at a time. With many parts in object storage, the latency of requests takes most of the
 * time.
 */
const PARALLEL_OPENS = 64;

/** Options of {@link openRrdParts}. */
export interface OpenRrdPartsOptions extends ReadOptions {
  /** The bytes of decompressed chunks kept for later queries, with 5 kB for the objects of each. Default 64 MiB. */
  maxCacheBytes?: number | undefined;
  /** Gives a name to each source that is left out because it is damaged. Default: such a source is an error. */
  leaveOut?: ((index: number) => string) | undefined;
}

const KNOWN: OptionNames<OpenRrdPartsOptions> = { maxCacheBytes: 1, signal: 1, leaveOut: "function" };

/**
 * Opens the parts of a recording as one, such as the files of `saveParts`. Only their footers are read at first, and
 * later the requested chunks. A chunk in several parts counts once, such as static data. Parts of Rerun 0.28.0 to
 * 0.32.0, whose footers may be wrong, are read whole, and `notices` names them.
 *
 * @param sources the parts, each as for {@link openRrd}, or on Node the folder of `saveParts`: its path or `file:` URL.
 *   Unfinished parts in it are left out, until `rerun-ts seal` has finished them
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong, `INVALID_FORMAT` if a part has no footer,
 * and the errors of {@link openRrd}
 *
 * @example
 * await using file = await openRrdParts(["run7-000001.rrd", "run7-000002.rrd"]);
 * const table = await file.recording().query({ index: "frame" }).toTable();
 */
export function openRrdParts(
  sources: readonly RrdSource[] | string | URL,
  options: OpenRrdPartsOptions = {},
): Promise<RrdFile> {
  return withRerunErrors(async () => {
    checkOptions("openRrdParts", options, KNOWN);
    nonNegative("maxCacheBytes", options.maxCacheBytes ?? 0);
    let parts = await partsOf(sources);
    let opened: RandomAccess[] = [];
    try {
      let footers = await openAll(parts, opened, options);
      const leftOut: LeftOutPart[] = [];
      if (options.leaveOut !== undefined) {
        const isWhole = footers.map((footer, index) => {
          const reason = damageOf(footer);
          if (reason !== undefined) leftOut.push({ source: options.leaveOut?.(index) ?? index, reason });
          return reason === undefined;
        });
        if (!isWhole.includes(true) && leftOut[0] !== undefined)
          throw incomplete(String(leftOut[0].source), leftOut[0].reason);
        for (const [index, access] of opened.entries()) if (isWhole[index] !== true) await access.close?.();
        const keep = (_: unknown, index: number): boolean => isWhole[index] === true;
        [parts, opened, footers] = [parts.filter(keep), opened.filter(keep), footers.filter(keep)];
      }
      const joined = new JoinedSources(opened);
      const schemas = new SchemaCache(new SharedFields());
      const damage: Damage[] = [];
      const notices: string[] = [];
      const stores = new StoreSet();
      const indexes = lastSchemas?.deref() ?? new IndexSchemas();
      lastSchemas = new WeakRef(indexes);
      for (const [part, footer] of footers.entries()) {
        const [access, start] = [opened[part] as RandomAccess, joined.starts[part] as number];
        if (!("missing" in footer)) addFooter(stores, footer, start, indexes);
        else {
          await scanInto(stores, access, start, schemas, damage, options);
          notices.push(`all of ${nameOf(parts[part], part)} was read: ${footer.missing}`);
        }
      }
      const loader = new FileLoader(joined, schemas, options.maxCacheBytes);
      return new RrdFile(joined, stores.all, loader, damage, notices, notices.length === 0, leftOut);
    } catch (error) {
      for (const access of opened) await (access as RandomAccess | undefined)?.close?.();
      throw error;
    }
  });
}

/** The parts themselves, or those in a folder. */
async function partsOf(sources: readonly RrdSource[] | string | URL): Promise<readonly RrdSource[]> {
  if (Array.isArray(sources)) return sources as readonly RrdSource[];
  const isFolder =
    typeof sources === "string" ? !/^[a-z][a-z\d+.-]+:\/\//i.test(sources) && sources !== "" : isUrl(sources);
  if (isFolder && !(isUrl(sources) && sources.protocol !== "file:"))
    return (await import("#open-path")).rrdPathsIn(sources as string | URL);
  throw invalidArgument("sources", "an array of sources, or the path of a folder", sources);
}

/** Opens all parts in order. If one fails, `opened` has the parts that must be closed. */
async function openAll(
  sources: readonly RrdSource[],
  opened: RandomAccess[],
  options: OpenRrdPartsOptions,
): Promise<(Footer | NoFooter)[]> {
  const footers: (Footer | NoFooter)[] = [];
  await forEachInParallel(sources.entries(), PARALLEL_OPENS, async ([index, source]) => {
    const access = await openSource(source, options);
    opened[index] = access;
    footers[index] = await footerOf(access, source, index, options);
  });
  return footers;
}

/** The footer of a part, or the reason why a complete part must be read whole. */
async function footerOf(
  access: RandomAccess,
  source: RrdSource,
  index: number,
  options: OpenRrdPartsOptions,
): Promise<Footer | NoFooter> {
  const footer = await readFooter(access, options);
  const reason = damageOf(footer);
  if (reason === undefined || options.leaveOut !== undefined) return footer;
  throw incomplete(nameOf(source, index), reason);
}

/** The reason why a part cannot be used. */
function damageOf(footer: Footer | NoFooter): string | undefined {
  return "missing" in footer && footer.isComplete !== true ? footer.missing : undefined;
}

function incomplete(name: string, reason: string): RerunError {
  const text = `${name} is not a complete part: ${reason}; \`rerun-ts rrd repair\` writes a complete one`;
  return new RerunError("INVALID_FORMAT", text);
}

function nameOf(source: RrdSource | undefined, index: number): string {
  return typeof source === "string" || isUrl(source) ? String(source) : `\`sources[${index}]\``;
}

/** The schemas of the last call, until their memory is needed: parts that are opened one by one have the same. */
let lastSchemas: WeakRef<IndexSchemas> | undefined;

/** Adds the recordings and blueprints of a part. */
function addFooter(stores: StoreSet, footer: Footer, start: number, schemas: IndexSchemas): void {
  for (const manifest of footer.manifests)
    addManifest(stores.of(toStoreId(manifest.storeId)), manifest, start, schemas);
  for (const { storeId, source } of footer.storeInfos) {
    const store = stores.find(storeId);
    if (store !== undefined) store.source ??= source;
  }
}
