import { describeBytes } from "@rerun-ts/node/files";
import type { DatasetEntry } from "@rerun-ts/catalog";
import { counted } from "@rerun-ts/core/util";

type DatasetInfo = Awaited<ReturnType<DatasetEntry["info"]>>;

/** A value as JSON. Integers that JSON cannot hold are strings. */
export function jsonText(value: unknown): string {
  const plain = (_: string, each: unknown): unknown => {
    if (typeof each !== "bigint") return each;
    return Number.isSafeInteger(Number(each)) ? Number(each) : each.toString();
  };
  return JSON.stringify(value, plain, 2);
}

export function entryLine({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}\t${name}`;
}

/** An overview of a dataset, for people. */
export function datasetText({ datasetName, numSegments, sizeBytes, ...rest }: DatasetInfo): string {
  const { layers, timelines, numEntities, numComponentColumns, propertyColumns } = rest;
  return [
    `${datasetName}: ${counted(numSegments, "segment")}, ${describeBytes(sizeBytes)}`,
    `  contents: ${numEntities} entities, ${counted(numComponentColumns, "component column")}`,
    `  properties: ${propertyColumns.length === 0 ? "(none)" : propertyColumns.join(", ")}`,
    ...layers.map((layer) => `  layer ${layer.name}: in ${counted(layer.numSegments, "segment")}`),
    ...timelines.map(({ name, kind, min, max, numSegments: count }) => {
      const range = min === undefined ? "no data" : `${min} to ${max}, in ${counted(count, "segment")}`;
      return `  timeline ${name}: ${kind}, ${range}`;
    }),
  ].join("\n");
}
