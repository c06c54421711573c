import { RerunError } from "@rerun-ts/core";
import { DataType, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { typeText } from "../arrays/layout.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { BLOB, SAMPLE } from "./video-components.ts";

/** The values of a component of a chunk, of any type, if the chunk has the component. */
export function cellsOf(chunk: ChunkData, name: string): Data | undefined {
  const column = chunk.layout.components.find((component) => component.name === name);
  return column === undefined ? undefined : chunk.values(column);
}

/**
 * The values of a component of a chunk, as {@link cellsOf}.
 *
 * @throws {RerunError} `INVALID_DATA` if their type is another one than that of videos
 */
export function valuesOf(chunk: ChunkData, name: string): Data | undefined {
  const values = cellsOf(chunk, name);
  const type = values?.children[0]?.type;
  const isBytes = name === SAMPLE || name === BLOB;
  if (type !== undefined && !(isBytes ? isBinary(type) : DataType.isInt(type)))
    throw new RerunError(
      "INVALID_DATA",
      `the component \`${name}\` of ${chunk.entityPath} must have ${isBytes ? "bytes" : "integers"}, got ${typeText(type)}`,
    );
  return values;
}

/** Whether values are binary data, or lists of bytes as in older files. */
function isBinary(type: DataType): boolean {
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return true;
  const items = DataType.isList(type) ? (type.valueType as DataType) : undefined;
  return items !== undefined && DataType.isInt(items) && items.bitWidth === 8;
}

/** First item of a row's list, or `undefined` if the list is null or empty. */
export function first<Value>(
  lists: Data | undefined,
  row: number,
  read: (items: Data, at: number) => Value,
): Value | undefined {
  if (lists === undefined) return undefined;
  const offsets = lists.valueOffsets as Int32Array;
  const at = offsets[row] as number;
  const items = lists.children[0];
  return items === undefined || !isValid(lists, row) || at === offsets[row + 1] ? undefined : read(items, at);
}

/** The bytes of a frame or a file, which are binary data, or lists of bytes in older files. */
export function binaryAt(items: Data, at: number): Uint8Array {
  const offsets = items.valueOffsets as Int32Array | BigInt64Array | undefined;
  const bytes: unknown = items.children[0]?.values ?? items.values;
  if (offsets === undefined || !(bytes instanceof Uint8Array)) return new Uint8Array(0);
  return bytes.subarray(Number(offsets[at]), Number(offsets[at + 1]));
}

/** An integer of 32 bits. */
export function integerAt({ values }: Data, at: number): number {
  return Number((values as Uint32Array)[at]);
}

/** An integer of 64 bits. */
export function longAt({ values }: Data, at: number): bigint {
  return BigInt((values as BigInt64Array)[at] ?? 0);
}
