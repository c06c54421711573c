import { RerunError } from "@rerun-ts/core";
import type { Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import type { ChunkColumn, ChunkData } from "./chunk-data.ts";
import type { ChunkInfo } from "./chunk-info.ts";

/**
 * Checks that a chunk has the rows and the columns of its index entry, so that queries can rely on the entry.
 * @throws {RerunError} `INVALID_FORMAT` if the two differ, or if the chunk is damaged
 */
export function checkChunk(chunk: ChunkData, entry: ChunkInfo): void {
  const { timelines, components } = chunk.layout;
  compare("the id", chunk.id, entry.id);
  compare("the entity", chunk.entityPath, entry.entityPath);
  compare("the number of rows", chunk.rows, entry.rows);
  // The entry of a chunk without rows has no times and no values.
  if (chunk.rows > 0) compareNames("the timelines", timelines, entry.timelines);
  // Components without any value need not be in the entry.
  const filled = components.filter((column) => entry.components.has(column.name) || hasValues(chunk.values(column)));
  compareNames("the components", filled, entry.components);
}

function hasValues(data: Data): boolean {
  for (let row = 0; row < data.length && data.nullCount < data.length; row++) if (isValid(data, row)) return true;
  return false;
}

function compare(what: string, actual: string | number, expected: string | number): void {
  if (actual === expected) return;
  throw new RerunError(
    "INVALID_FORMAT",
    `${what} must be ${expected} as in the index of the recording, but is ${actual}`,
  );
}

function compareNames(what: string, actual: readonly ChunkColumn[], expected: ReadonlyMap<string, unknown>): void {
  let index = 0;
  // Most have the same order, and need no texts.
  for (const name of expected.keys()) if (actual[index++]?.name !== name) index = Infinity;
  if (index === actual.length) return;
  compare(what, namesText(actual.map(({ name }) => name)), namesText(expected.keys()));
}

function namesText(names: Iterable<string>): string {
  return `[${[...names].sort().join(", ")}]`;
}
