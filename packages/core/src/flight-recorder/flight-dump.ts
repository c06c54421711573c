import type { LeftOutData } from "./left-out.ts";

/** The minute before a moment, as one recording. */
export interface FlightDump {
  /** The reasons of the dump, joined. */
  readonly reason: string;
  /** All reasons, the first one first: triggers that come while a dump is under way join it. */
  readonly reasons: readonly string[];
  /** When the first of them happened. */
  readonly triggeredAt: Date;
  /** A complete `.rrd`: layouts, static values, properties, the rows of the window, and a footer. */
  readonly rrd: Uint8Array<ArrayBuffer>;
  /** The seconds from the arrival of the oldest row of the window to the dump. */
  readonly seconds: number;
  /** The recordings with data in the dump, in the order in which they began. */
  readonly recordingIds: readonly string[];
  /** Data that belongs to the dump, but was left out because of a limit. */
  readonly leftOut: readonly LeftOutData[];
}

/** A function that takes a dump. A dump whose handler throws or rejects is offered again. */
export type DumpHandler = (dump: FlightDump) => void | Promise<void>;
