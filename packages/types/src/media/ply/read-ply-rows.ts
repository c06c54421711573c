import { AsciiPlyReader } from "./ascii-ply-reader.ts";
import { BinaryPlyReader } from "./binary-ply-reader.ts";
import type { PlyElement, PlyHeader } from "./ply-header.ts";
import type { PlyPlan, PlyReader } from "./ply-reader.ts";

/** So many rows are read at once: few enough to stay in the processor's cache. */
const BATCH = 512;
const NOTHING: PlyPlan = { columns: [], width: 0 };

/** Takes rows of numbers; `from` is the number of the first one, `count` tells how many there are. */
export type VisitRows = (numbers: Float64Array, from: number, count: number) => void;

/**
 * Reads one element of a file, in batches. Returns its texts. What comes after it is not looked at.
 * Throws `InvalidValue`, or `RangeError` where the data ends.
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
