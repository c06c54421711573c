import type { DatasetEntry, RegistrationResult } from "@rerun-ts/catalog";
import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";

/** Number of parts in one call. The server holds a lock while it reads their files, which delays queries. */
const MAX_CALL = 100;

/** A part of a recording, for a catalog. */
export interface PartToRegister {
  /** The URL of the file as the server reads it, such as `file:///data/run7/1.rrd`. */
  readonly url: string;
  /** The name of its layer, which differs for each part of a recording. */
  readonly layer: string;
}

/** A part that a catalog has not accepted. */
export interface RefusedPart extends PartToRegister {
  /** The reason. */
  readonly error: RerunError;
}

/** The result of {@link registerParts}. */
export interface PartsRegistration {
  /** The parts that were registered by this call. */
  readonly registered: readonly PartToRegister[];
  /** The parts that were registered before. */
  readonly known: readonly PartToRegister[];
  /** The parts that were refused. Others are not affected. */
  readonly refused: readonly RefusedPart[];
}

/** Options of {@link registerParts}. */
export interface RegisterPartsOptions {
  /** Aborts the calls. Default: none. */
  signal?: AbortSignal | undefined;
}

const KNOWN: OptionNames<RegisterPartsOptions> = { signal: 1 };

/**
 * Registers parts of recordings in a dataset of a catalog. It may be repeated: parts that are registered already are
 * not sent again. A part that the server refuses, such as for its types, does not affect the others.
 *
 * @throws {RerunError} the error of the connection. It may have registered some of the parts
 *
 * @example
 * const catalog = await connectCatalog("rerun+http://localhost:51234");
 * const dataset = await catalog.createDataset("fleet", { existOk: true });
 * const { refused } = await registerParts(dataset, [{ url: "file:///data/run7-000001.rrd", layer: "1" }]);
 */
export function registerParts(
  dataset: DatasetEntry,
  parts: readonly PartToRegister[],
  options: RegisterPartsOptions = {},
): Promise<PartsRegistration> {
  return withRerunErrors(async () => {
    if (typeof (dataset as DatasetEntry | null | undefined)?.register !== "function")
      throw invalidArgument("dataset", "a dataset of a catalog, such as that of `createDataset`", dataset);
    checkOptions("registerParts", options, KNOWN);
    if (!Array.isArray(parts)) throw invalidArgument("parts", "an array of { url, layer }", parts);
    const there = await registeredParts(dataset, options);
    const isThere = ({ url, layer }: PartToRegister): boolean => there.has(layerPartName(layer, url));
    const missing = parts.filter((part) => !isThere(part));
    return { ...(await registerNew(dataset, missing, options)), known: parts.filter(isThere) };
  });
}

/** Registers parts that a dataset does not have. */
export async function registerNew(
  dataset: DatasetEntry,
  parts: readonly PartToRegister[],
  options: RegisterPartsOptions,
): Promise<Pick<PartsRegistration, "registered" | "refused">> {
  const registered: PartToRegister[] = [];
  const refused: RefusedPart[] = [];
  for (let at = 0; at < parts.length; at += MAX_CALL) {
    for (const { part, error } of await registerSome(dataset, parts.slice(at, at + MAX_CALL), options)) {
      if (error === undefined) registered.push(part);
      else refused.push({ ...part, error });
    }
  }
  return { registered, refused };
}

/** The parts of a dataset, as names of {@link layerPartName}. */
export async function registeredParts(dataset: DatasetEntry, options: RegisterPartsOptions): Promise<Set<string>> {
  const table = await dataset.manifest(options);
  const column = (name: string): string[] => Array.from((table.getChild(name) ?? []) as Iterable<unknown>, String);
  const urls = column("rerun_storage_url");
  return new Set(column("rerun_layer_name").map((layer, row) => layerPartName(layer, urls[row] ?? "")));
}

/** A name for a part, made of its layer and its URL. */
function layerPartName(layer: string, url: string): string {
  return `${layer} ${url}`;
}

interface Outcome {
  readonly part: PartToRegister;
  readonly error: RerunError | undefined;
}

/** Registers some parts. If the whole call fails, finds the failing parts by halving the list. */
async function registerSome(
  dataset: DatasetEntry,
  parts: readonly PartToRegister[],
  options: RegisterPartsOptions,
): Promise<readonly Outcome[]> {
  let results: readonly RegistrationResult[];
  try {
    const layerName = parts.map(({ layer }) => layer);
    results = await dataset.register(
      parts.map(({ url }) => url),
      { layerName, onDuplicate: "skip", signal: options.signal },
    );
  } catch (error) {
    const failure = RerunError.from(error);
    if (isOfConnection(failure)) throw failure;
    if (parts.length === 1) return parts.map((part) => ({ part, error: failure }));
    const middle = parts.length >> 1;
    const first = await registerSome(dataset, parts.slice(0, middle), options);
    return [...first, ...(await registerSome(dataset, parts.slice(middle), options))];
  }
  const byName = new Map(results.map((result) => [layerPartName(result.layer, result.url), result]));
  return parts.map((part) => {
    const result = byName.get(layerPartName(part.layer, part.url));
    return {
      part,
      error: result === undefined ? new RerunError("SERVER", "the server gave no result for it") : result.error,
    };
  });
}

function isOfConnection({ code }: RerunError): boolean {
  return code === "CONNECTION" || code === "TIMEOUT" || code === "ABORTED" || code === "AUTH";
}
