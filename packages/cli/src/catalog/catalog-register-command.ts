import { pathToFileURL } from "node:url";
import type { RegistrationResult } from "@rerun-ts/catalog";
import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import { showStatus } from "../command/status-line.ts";
import { UsageError } from "../command/usage-error.ts";
import { expandFolders } from "../expand-folders.ts";
import { datasetOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import { printResults } from "./print-results.ts";
import type { REGISTER } from "./catalog-register-table.ts";

/** Runs `rerun-ts catalog register`. @throws {UsageError} if an argument is missing */
export async function register(values: ValuesOf<typeof REGISTER>): Promise<void> {
  const given = withUrl(values, "register");
  const [name, ...sources] = given.names;
  if (name === undefined || sources.length === 0)
    throw new UsageError("`catalog register` requires the name of a dataset, and files or URLs");
  // A prefix may be that of a folder.
  const found = given.prefix ? sources : expandFolders(sources);
  const urls = found.map((source) => (/^[a-z][a-z\d+.-]+:/i.test(source) ? source : pathToFileURL(source).href));
  await withCatalog(given, async (client) => {
    const dataset = given.create
      ? await client.createDataset(name, { existOk: true })
      : await datasetOf(client, given, "register");
    const options = { layerName: given.layer, onDuplicate: given["on-duplicate"] };
    const results: RegistrationResult[] = [];
    const stop = showStatus(() => `${counted(results.length, "recording")} registered`);
    try {
      const operations = given.prefix
        ? urls.map((url) => dataset.registerPrefix(url, options))
        : [dataset.register(urls, options)];
      for (const operation of operations) for await (const result of operation) results.push(result);
    } finally {
      stop();
    }
    await printResults(results, given.json);
  });
}
