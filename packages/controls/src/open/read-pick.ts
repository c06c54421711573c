import { argumentError, withRerunErrors } from "@rerun-ts/core/checks";
import type { Pick } from "../program/change.ts";

/** From this number on, a `number` has no room for each nanosecond. */
const EXACT = 2 ** 53;

/** A recording in which {@link readPick} looks: one of `openRrd` or `openLive` of `@rerun-ts/reading`. */
export interface PickSource {
  /** The latest values at one time, by the names of their columns. */
  latestAt(options: {
    readonly index: string;
    readonly at: bigint;
    readonly contents: string;
  }): Promise<Readonly<Record<string, PickedColumn>>>;
}

/** The used part of a vector of apache-arrow. */
export interface PickedColumn {
  /** The number of instances. */
  readonly length: number;
  /** The value of an instance. */
  get(instance: number): unknown;
}

/**
 * Reads the row behind a click: the latest values of the clicked entity at the time of the viewer, by component, such
 * as `Points3D:positions`. With an instance, each value is that of the instance, or the single one for all instances.
 * Without an instance, each value is an array of all instances. Vectors are arrays.
 *
 * Rejects with `INVALID_ARGUMENT` if the click has no time, and with the errors of `latestAt`.
 *
 * @example
 * ui.viewer.on("pick", async (pick) => {
 *   const row = await readPick(live, pick);
 *   console.log(row["Points3D:positions"], row["temperature"]);
 * });
 */
export function readPick(
  recording: PickSource,
  { entityPath, instance, timeline, time }: Pick,
): Promise<Readonly<Record<string, unknown>>> {
  return withRerunErrors(async () => {
    if (timeline === undefined || time === undefined)
      throw argumentError(
        "pick",
        "`pick` must have `timeline` and `time`, which the viewer shows after its first data",
      );
    const values = await recording.latestAt({ index: timeline, at: lastInstant(time), contents: entityPath });
    return Object.fromEntries(
      Object.entries(values).map(([column, instances]) => [
        column.slice(column.indexOf(":") + 1),
        instance === undefined
          ? Array.from({ length: instances.length }, (_, at) => plain(instances.get(at)))
          : plain(instances.get(Math.min(instance, instances.length - 1))),
      ]),
    );
  });
}

/** The last instant that the viewer may have shown: its time is a `number`, with steps of 256 ns since 1970. */
function lastInstant(time: number): bigint {
  const whole = Math.floor(time);
  return BigInt(whole) + (whole > EXACT ? BigInt(2 ** (Math.floor(Math.log2(whole)) - 53)) : 0n);
}

function plain(value: unknown): unknown {
  const isList = typeof value === "object" && value !== null && Symbol.iterator in value;
  return isList ? Array.from(value as Iterable<unknown>) : value;
}
