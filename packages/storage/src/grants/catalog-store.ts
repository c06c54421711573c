import type { CatalogClient } from "@rerun-ts/catalog";
import { RerunError } from "@rerun-ts/core";
import { invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { checkDataset } from "../parts/part-key.ts";
import type { PartStore } from "../parts/part-store.ts";
import { collectSource } from "../store/body.ts";
import { checkKey } from "../store/keys.ts";
import { RejectedError } from "../store/rejected-error.ts";

/** Options of {@link catalogStore}. */
export interface CatalogStoreOptions {
  /** The dataset for the parts, which is created if it does not exist. */
  dataset: string;
}

/**
 * The storage of a catalog as a store: each part is uploaded by a grant of the server, and registered. An open
 * `rerun server` keeps uploads until it ends, so this is a way to show parts, and not to keep them.
 *
 * @param catalog the catalog, of `connectCatalog`
 * @throws {TypeError} if an argument is wrong
 */
export function catalogStore(catalog: CatalogClient, options: CatalogStoreOptions): PartStore {
  if (typeof catalog?.stage !== "function") throw invalidArgument("catalog", "the result of `connectCatalog`", catalog);
  const name = checkDataset(options?.dataset);
  return {
    url: catalog.url,
    wantsSha256: () => Promise.resolve(false),
    create: (key, body, { signal } = {}) =>
      withRerunErrors(async () => {
        checkKey(key);
        const source = "chunks" in body ? await collectSource(body) : body;
        // Layouts are not registered, because they are not recordings.
        if (!key.endsWith(".rrd")) {
          await catalog.stage(source, { key, existOk: true, signal });
          return true;
        }
        const dataset = await catalog.createDataset(name, { existOk: true, signal });
        const layer = key.replace(/^v1\/[^/]+\//, "").replace(/\.rrd$/, "");
        // An earlier attempt may have uploaded the part without registering it.
        const url = await catalog.stage(source, { key, existOk: true, signal });
        const [result] = await dataset.register([url], { layerName: layer, onDuplicate: "error", signal });
        if (result === undefined) throw new RerunError("SERVER", `cannot register ${key}: the server gave no result`);
        const { error } = result;
        if (error === undefined) return true;
        if (error.code === "ALREADY_EXISTS") return false;
        throw new RejectedError(error.code, error.message, { cause: error });
      }),
  };
}
