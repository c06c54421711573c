import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
import { Duration, Field, Int64, TimeUnit, Timestamp, type Data, type DataType } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { isValid } from "../arrays/is-valid.ts";
import { NULL_SOURCE, RowRanges } from "../arrays/row-ranges.ts";
import type { Instances } from "../chunks/instances.ts";
import type { StoredColumn } from "../store/chunk-data.ts";
import { castData, namedInErrors } from "./cast.ts";
import { parseFieldPath, valuesAt } from "./field-path.ts";
import type { Lens, LensTimeline } from "./lens.ts";

const TIME_TYPES: Readonly<Record<string, () => DataType>> = {
  sequence: () => new Int64(),
  duration: () => new Duration(TimeUnit.NANOSECOND),
  timestamp: () => new Timestamp(TimeUnit.NANOSECOND, null),
};

/** @throws {TypeError} if a timeline of a lens is wrong */
export function checkLensTimeline(name: string, timeline: LensTimeline): void {
  if (typeof timeline !== "object" || timeline === null)
    throw invalidArgument(`timelines.${name}`, "an object { kind, value }", timeline);
  timeTypeOf(name, timeline.kind);
  if (typeof timeline.value !== "string") throw invalidArgument(`timelines.${name}.value`, "a path", timeline.value);
  parseFieldPath(timeline.value);
}

function timeTypeOf(name: string, kind: string): DataType {
  const type = Object.hasOwn(TIME_TYPES, kind) ? TIME_TYPES[kind]?.() : undefined;
  if (type !== undefined) return type;
  throw invalidArgument(`timelines.${name}.kind`, '"sequence", "duration" or "timestamp"', kind);
}

/**
 * The timelines that a lens makes.
 *
 * @param counts the number of rows that each row becomes
 * @param mayLack whether such a row may lack its time, which then is null. Default: none may
 */
export function newTimes(
  instances: Instances,
  lens: Lens<never>,
  counts: readonly number[],
  mayLack?: (row: number) => boolean,
): StoredColumn[] {
  return Object.entries(lens.timelines ?? {}).map(([name, { kind, value }]: [string, LensTimeline]) => {
    const type = timeTypeOf(name, kind);
    const metadata = new Map([
      ["rerun:index_name", name],
      ["rerun:kind", "index"],
    ]);
    const times = timesPerRow(instances, value, name, counts, mayLack);
    return {
      field: new Field(name, type, true, metadata),
      data: namedInErrors(lens, `the timeline \`${name}\``, () => castData(times, type)),
    };
  });
}

/**
 * The times at a path, for rows that become several: one for each of these, or one for all of them.
 *
 * @param counts the number of rows that each row becomes
 * @param mayLack whether such a row may lack its time, which then is null. Default: none may
 * @throws {TypeError} if a row has another number of times
 */
function timesPerRow(
  instances: Instances,
  path: string,
  name: string,
  counts: readonly number[],
  mayLack: (row: number) => boolean = () => false,
): Data {
  const { items, offsets } = valuesAt(instances, path);
  const ranges = new RowRanges();
  for (const [row, count] of counts.entries()) {
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
    let validCount = 0;
    let only = start;
    for (let item = start; item < end; item++) {
      if (!isValid(items, item)) continue;
      validCount++;
      only = item;
    }
    // Only if there is one for each, nulls are in their places.
    const isOwn = count > 1 && end - start === count;
    for (let each = 0; each < count; each++) {
      const item = isOwn ? start + each : only;
      if ((isOwn || validCount === 1) && isValid(items, item)) ranges.push(0, item, 1);
      else if (mayLack(ranges.length)) ranges.push(NULL_SOURCE, 0, 1);
      else throw wrongTimes(name, count, row, validCount);
    }
  }
  return gather(items.type, [items], ranges);
}

function wrongTimes(name: string, count: number, row: number, found: number): TypeError {
  const several = count > 1 ? `, or one for each of ${count} instances` : "";
  return argumentError(
    `timelines.${name}`,
    `\`timelines.${name}\` must have one time in each row${several}, but row ${row} has ${found}`,
  );
}
