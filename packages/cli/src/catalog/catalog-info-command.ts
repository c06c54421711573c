import type { ValuesOf } from "../command/command-table.ts";
import { print } from "../rrd/rrd-output.ts";
import { entryOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import { datasetText, jsonText } from "./catalog-text.ts";
import type { INFO } from "./catalog-info-table.ts";

/** Runs `rerun-ts catalog info`. @throws {UsageError} if an argument is missing */
export async function info(values: ValuesOf<typeof INFO>): Promise<void> {
  const given = withUrl(values, "info");
  await withCatalog(given, async (client) => {
    const [name] = given.names;
    if (name === undefined) {
      const { url, version, user } = client;
      return print(jsonText({ url, ...version, ...user }));
    }
    const entry = await entryOf(client, name);
    const { id, kind, createdAt } = entry;
    if (!("query" in entry)) {
      const columns = (await entry.arrowSchema()).fields.map((field) => ({
        name: field.name,
        type: String(field.type),
      }));
      return print(jsonText({ id, name, kind, createdAt, storageUrl: entry.storageUrl, columns }));
    }
    const found = { id, name, kind, createdAt, ...(await entry.info()) };
    await print(given.json ? jsonText(found) : datasetText(found));
  });
}
