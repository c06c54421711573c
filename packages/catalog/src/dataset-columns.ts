import { cloudService } from "./catalog-service.ts";
import type { Schema } from "apache-arrow";
import { addColumns, StoreIndex } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { schemaOfMessage } from "./server-tables.ts";

/** The timelines and components of all segments of a dataset. */
export async function datasetColumns(calls: CatalogCalls, call: CatalogCall): Promise<StoreIndex> {
  const store = new StoreIndex({ kind: "recording", applicationId: "", recordingId: "" });
  addColumns(store, await datasetSchema(calls, call));
  return store;
}

/** The Arrow schema of a dataset in the server's form. */
export async function datasetSchema(calls: CatalogCalls, call: CatalogCall): Promise<Schema> {
  const { schema } = await calls.unary(cloudService.method.getDatasetSchema, {}, call);
  return schemaOfMessage(schema);
}
