import { basename } from "node:path";
import type { RegistrationResult } from "@rerun-ts/catalog";
import { describeBytes } from "@rerun-ts/node/files";
import type { ValuesOf } from "../command/command-table.ts";
import { showStatus } from "../command/status-line.ts";
import { UsageError } from "../command/usage-error.ts";
import { expandFolders } from "../expand-folders.ts";
import { datasetOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import { printResults } from "./print-results.ts";
import type { UPLOAD } from "./catalog-upload-table.ts";

/** Runs `rerun-ts catalog upload`. @throws {UsageError} if an argument is missing */
export async function upload(values: ValuesOf<typeof UPLOAD>): Promise<void> {
  const given = withUrl(values, "upload");
  const [name, ...sources] = given.names;
  const paths = expandFolders(sources);
  if (name === undefined || paths.length === 0)
    throw new UsageError("`catalog upload` requires the name of a dataset, and files");
  const prefix = given.key;
  if (prefix !== undefined && paths.length > 1) throw new UsageError("`--key` requires exactly one file");
  await withCatalog(given, async (client) => {
    const dataset = given.create
      ? await client.createDataset(name, { existOk: true })
      : await datasetOf(client, given, "upload");
    const results: RegistrationResult[] = [];
    for (const path of paths) {
      let text = path;
      const stop = showStatus(() => text);
      try {
        const result = await dataset.upload(path, {
          key: prefix ?? `${dataset.name}/${basename(path)}`.replaceAll(/[^\w./-]+/g, "_"),
          layerName: given.layer,
          onDuplicate: given["on-duplicate"],
          resume: given.resume,
          onProgress: ({ bytes, totalBytes }) =>
            (text = `${path}: ${describeBytes(bytes)} of ${describeBytes(totalBytes)} sent`),
        });
        results.push(result);
      } finally {
        stop();
      }
    }
    await printResults(results, given.json);
  });
}
