import { InvalidValueError } from "@rerun-ts/core/checks";
import { toBytes, type BlobLike } from "../../codecs/blobs.ts";
import { AsciiPlyReader } from "./ascii-ply-reader.ts";
import { BinaryPlyReader } from "./binary-ply-reader.ts";
import { truncatedError, type PlyElement, type PlyHeader } from "./ply-header.ts";
import type { PlyPlan, PlyReader } from "./ply-reader.ts";

/** The number of rows to read at a time, few enough to stay in the processor's cache. */
const BATCH = 512;
const NOTHING: PlyPlan = { columns: [], width: 0 };

/** Receives rows of numbers. `from` is the index of the first row, `count` the number of rows. */
export type VisitRows = (numbers: Float64Array, from: number, count: number) => void;

/**
 * Reads one element of a file in batches, and returns its strings. The data after this element is not read. Throws
 * `InvalidValueError`, or `RangeError` if the data is truncated.
 */
export function readPlyRows(
  bytes: Uint8Array,
  header: PlyHeader,
  wanted: PlyElement,
  plan: PlyPlan,
  visit: VisitRows,
): readonly string[] {
  const isText = header.encoding === "ascii";
  const reader: PlyReader = isText ? new AsciiPlyReader(bytes, header) : new BinaryPlyReader(bytes, header);
  const texts: string[] = [];
  let numbers: Float64Array | undefined;
  for (const element of header.elements) {
    // Items without properties take no bytes in binary files, so a small file can claim any number of them. Skip them.
    if (!isText && element.properties.length === 0) continue;
    reader.expect(element);
    const isWanted = element === wanted;
    const { width } = isWanted ? plan : NOTHING;
    for (let from = 0; from < element.count; from += BATCH) {
      const count = Math.min(BATCH, element.count - from);
      if (isWanted) numbers ??= new Float64Array(count * width);
      const target = { numbers: numbers ?? new Float64Array(0), texts };
      reader.read(element, count, isWanted ? plan : NOTHING, target);
      if (isWanted) visit(target.numbers, from, count);
    }
    if (isWanted) break;
  }
  return texts;
}

/** Reads a file with `read`. Errors of its format are thrown as a `TypeError` that names the argument `ply`. */
export function readPly<T>(ply: BlobLike, read: (bytes: Uint8Array) => T): T {
  try {
    return read(toBytes(ply));
  } catch (error) {
    if (error instanceof InvalidValueError) throw error.toError("ply");
    // A read went beyond the end of the view.
    if (error instanceof RangeError) throw truncatedError().toError("ply");
    throw error;
  }
}
