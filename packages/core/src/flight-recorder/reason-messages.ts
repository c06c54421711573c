import type { ComponentDescriptor } from "../batch/component.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import type { Timeline } from "../time/timeline.ts";
import type { LeftOutData } from "./left-out.ts";
import { rowIdBytes } from "./row-place.ts";
import { numberColumn, textsColumn, writeRows, type NewColumn } from "./write-rows.ts";

/** A moment that is dumped. */
export interface Moment {
  /** The reasons, the first one first. */
  readonly reasons: readonly string[];
  /** When the first of them happened, in nanoseconds since 1970. */
  readonly wallTime: bigint;
  /** The newest time of each timeline then. */
  readonly times: ReadonlyMap<string, { readonly timeline: Timeline; readonly time: bigint }>;
  /** The seconds from the oldest message of the window to the dump. */
  readonly seconds: number;
}

/** The entity with the reason of a dump. */
const REASON_PATH = "/flight_recorder";
/** The most texts about data that was left out. */
const MAX_TEXTS = 100;

const textLog = (name: string, componentType: string): ComponentDescriptor => ({
  archetype: "rerun.archetypes.TextLog",
  component: `TextLog:${name}`,
  componentType,
});
const TEXT = /* @__PURE__ */ textLog("text", "rerun.components.Text");
const LEVEL = /* @__PURE__ */ textLog("level", "rerun.components.TextLogLevel");

/**
 * The reason of a dump: as text at the time of each timeline, and as a property of the recording with what the dump
 * lacks.
 */
export function reasonMessages(
  storeId: StoreId,
  { reasons, wallTime, times, seconds }: Moment,
  leftOut: readonly LeftOutData[],
): readonly EncodedMessage[] {
  const all = new Map(times);
  getOrAdd(all, "log_time", () => ({ timeline: { name: "log_time", kind: "timestamp" }, time: wallTime }));
  const id = newRowId(wallTime);
  const text = writeRows({
    storeId,
    entityPath: REASON_PATH,
    ids: rowIdBytes(id),
    times: [...all.values()].map(({ timeline, time }) => ({ timeline, values: BigInt64Array.of(time) })),
    columns: [textsColumn(TEXT, [reasons.join("; ")]), textsColumn(LEVEL, ["WARN"])],
  });
  const property = writeRows({
    storeId,
    entityPath: `/__properties${REASON_PATH}`,
    ids: rowIdBytes(id + 1n),
    times: [],
    columns: properties(reasons, seconds, leftOut),
  });
  return [property, text];
}

function properties(reasons: readonly string[], seconds: number, leftOut: readonly LeftOutData[]): NewColumn[] {
  const texts = leftOut.slice(0, MAX_TEXTS).map(describe);
  if (leftOut.length > MAX_TEXTS) texts.push(`${leftOut.length - MAX_TEXTS} further entities`);
  const sum = (key: "rows" | "bytes"): number => leftOut.reduce((total, entry) => total + entry[key], 0);
  return [
    textsColumn({ component: "reason" }, [reasons.join("; ")]),
    numberColumn({ component: "seconds" }, seconds),
    numberColumn({ component: "left_out_rows" }, sum("rows")),
    numberColumn({ component: "left_out_bytes" }, sum("bytes")),
    ...(texts.length === 0 ? [] : [textsColumn({ component: "left_out" }, [texts.join("\n")])]),
  ];
}

function describe({ entityPath, what, rows, bytes }: LeftOutData): string {
  const where = what === "rows" ? "of the beginning" : `of ${entityPath}`;
  return `${what} ${where}: ${rows} rows, ${bytes} bytes`;
}

function newRowId(wallTime: bigint): bigint {
  const [hi = 0, lo = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (wallTime << 64n) | (BigInt(hi & 0x3fffffff) << 32n) | BigInt(lo);
}
