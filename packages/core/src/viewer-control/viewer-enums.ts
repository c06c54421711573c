import type { TimelineKind } from "../time/timeline.ts";

// The words of this API for the numbers of the protocol. They replace the generated code, which is large.

/** Whether time stands still. */
export const PLAY_STATES: Readonly<Record<"paused" | "playing" | "following", number>> = {
  paused: 1,
  playing: 2,
  following: 3,
};
/** The kinds of timelines. */
export const TIME_TYPES: Readonly<Record<TimelineKind, number>> = { sequence: 1, duration: 2, timestamp: 3 };
/** The choices of coordinate frames. */
export const FRAMES: Readonly<Record<"entity" | "named" | "all", number>> = { entity: 1, named: 2, all: 3 };
/** The choices of edges between coordinate frames. */
export const EDGES: Readonly<Record<"static" | "temporal" | "all", number>> = { static: 1, temporal: 2, all: 3 };
/** The ways to change a layout. */
export const UPDATE_MODES: Readonly<Record<"full" | "partial", number>> = { full: 1, partial: 2 };

/** The word for a number, or `undefined` for an unknown number. */
export function wordOf<Word extends string>(
  values: Readonly<Record<Word, number>>,
  value: number | undefined,
): Word | undefined {
  return (Object.keys(values) as Word[]).find((word) => values[word] === value);
}
