import { isRerunError, RerunError } from "@rerun-ts/core";
import { didYouMean, suggestName } from "@rerun-ts/core/checks";
import type { FlagValues } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { CATALOG_FLAGS } from "./catalog-flags.ts";
import type { CatalogClient, DatasetEntry } from "@rerun-ts/catalog";

/** The arguments of a command of `rerun-ts catalog`. */
export interface CatalogArguments {
  readonly url: string;
  /** The other arguments. */
  readonly names: readonly string[];
}

/** Adds the arguments to the values of a command. @throws {UsageError} if the URL of the catalog is missing */
export function withUrl<Values extends { readonly positionals: readonly string[] }>(
  values: Values,
  command: string,
): Values & CatalogArguments {
  const [url, ...names] = values.positionals;
  if (url === undefined)
    throw new UsageError(`\`catalog ${command}\` requires the URL of a catalog, such as rerun+http://localhost:51234`);
  return { ...values, url, names };
}

/** Runs a command with a connection, and closes the connection. */
export async function withCatalog(
  given: CatalogArguments & FlagValues<typeof CATALOG_FLAGS>,
  run: (catalog: CatalogClient) => Promise<void>,
): Promise<void> {
  const { connectCatalog } = await import("@rerun-ts/catalog");
  const { token, "tls-ca": certificate } = given;
  const tls = certificate === undefined ? undefined : { ca: await readCertificate(certificate) };
  const catalog = await connectCatalog(given.url, { token, tls });
  try {
    await run(catalog);
  } finally {
    catalog.close();
  }
}

async function readCertificate(path: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(path);
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read ${path}: ${String(error)}`, { cause: error });
  }
}

/** The dataset that the first name is. @throws {UsageError} if there is no name */
export function datasetOf(
  catalog: CatalogClient,
  { names: [name] }: CatalogArguments,
  command: string,
): Promise<DatasetEntry> {
  if (name === undefined) throw new UsageError(`\`catalog ${command}\` requires the name of a dataset`);
  return catalog.getDataset(name);
}

/** A dataset or a table of a name. Rejects with `NOT_FOUND`, and the name that is meant. */
export async function entryOf(
  catalog: CatalogClient,
  name: string,
): Promise<Awaited<ReturnType<CatalogClient["entries"]>>[number]> {
  try {
    return await catalog.getDataset(name);
  } catch (error) {
    if (!isRerunError(error) || error.code !== "NOT_FOUND") throw error;
  }
  const tables = await catalog.tableNames({ includeHidden: true });
  if (tables.includes(name)) return catalog.getTable(name);
  const meant = suggestName(name, await catalog.entryNames());
  throw new RerunError("NOT_FOUND", `${catalog.url} has no entry ${didYouMean(name, meant)}`);
}
