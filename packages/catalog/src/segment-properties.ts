import { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import type { RecordBatch } from "apache-arrow";
import { tableBatches } from "@rerun-ts/reading/chunks";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { batchesOfPart, tablePart, toRecordBatch } from "./server-tables.ts";

/** The properties of a segment that are stored beside its layers. */
export interface StoredProperties {
  /** One row. Its columns have names such as `property:info:kind`. */
  readonly values: RecordBatch;
  /** Changes with each write. */
  readonly revision: bigint;
}

/** Reads the properties of a segment. Returns `undefined` if it has none. */
export async function readProperties(
  calls: CatalogCalls,
  segmentId: string,
  call: CatalogCall,
): Promise<StoredProperties | undefined> {
  const request = { segmentIds: [{ id: segmentId }] };
  let found: StoredProperties | undefined;
  for await (const { segments } of calls.responses(cloudService.method.getSegmentProperties, request, call)) {
    for (const { properties, revision } of segments) {
      const [batch] = batchesOfPart(properties);
      if (batch !== undefined) found = { values: toRecordBatch(batch), revision };
    }
  }
  return found;
}

/** Writes the properties of a segment, if its revision is still the expected one. Resolves to the new one. */
export async function writeProperties(
  calls: CatalogCalls,
  segmentId: string,
  values: RecordBatch,
  expectedRevision: bigint | undefined,
  call: CatalogCall,
): Promise<bigint> {
  const batches = tableBatches(values, "values");
  if (batches === undefined) throw invalidArgument("values", "an Arrow batch with one row", values);
  const rows = batches.reduce((sum, one) => sum + one.rows, 0);
  const batch = rows === 1 ? batches.find((one) => one.rows === 1) : undefined;
  if (batch === undefined)
    throw new RerunError("INVALID_ARGUMENT", `\`values\` must be an Arrow batch with one row, got ${rows} rows`);
  const columns = batch.schema.fields.map((_, index) => batch.column(index));
  const { revision } = await calls.unary(
    cloudService.method.setSegmentProperties,
    {
      segmentId: { id: segmentId },
      properties: tablePart(batch.schema, columns, batch.rows),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    },
    call,
  );
  return revision;
}
