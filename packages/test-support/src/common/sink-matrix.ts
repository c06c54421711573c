import {
  MemorySink,
  filtered,
  tee,
  type FlushOptions,
  type RecordingOptions,
  type RecordingStream,
  type Sink,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { completeLength } from "@rerun-ts/core/storage";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { expect, it } from "vitest";
import { nameOf, numbers } from "./messages.ts";

const isSoak = (globalThis.process?.env["RERUN_TS_SOAK"] ?? "") !== "";
/** Number of rows that are logged in each part of a situation. Each row is a chunk. */
const ROWS = isSoak ? 60 : 20;

/** The longest time that a sink goes on after the time of its recording, on a busy machine. */
const MAX_CLOSING_MS = 30_000;

/** Data that has arrived: streams, or the number of chunks in them. */
export type Arrived = readonly Uint8Array[] | number;

/** A destination of the matrix: a sink, and the data that has reached the other side. */
export interface Destination {
  readonly sink: Sink;
  /**
   * The `.rrd` streams that have arrived, which may repeat messages, and may be cut off at the end; or the number of
   * chunks in them.
   */
  arrived(): Promise<Arrived> | Arrived;
  /** Whether rows that count as dropped may have arrived all the same. */
  readonly isUncertain?: boolean;
  /** Makes the server reachable, which it is not at the start. Only destinations with a server have this function. */
  appear?(): Promise<void> | void;
  cleanUp?(): Promise<void> | void;
}

/** Combinations and destinations of the sinks of a matrix. */
export interface Placement<Recording extends RecordingStream = RecordingStream> {
  readonly destinations: readonly Destination[];
  /** Sets the sinks. */
  place(recording: Recording): Promise<unknown>;
}

/** The parts of a matrix; each combination of them is a test. */
export interface SinkMatrix<Recording extends RecordingStream> {
  /** Creates a recording of the platform. */
  readonly createRecording: (options: RecordingOptions) => Recording;
  readonly sinks: Readonly<Record<string, (options: { isAbsent: boolean }) => Promise<Destination> | Destination>>;
  readonly wrappings: Readonly<Record<string, Wrapping<Recording>>>;
  readonly situations: Readonly<Record<string, Situation>>;
  /** The reason why a combination does not apply; `undefined` if it does. */
  /** Whether sinks may break, so that closing rejects. */
  readonly mayBreak?: boolean;
  readonly excludes: (sink: string, wrapping: string, situation: string) => string | undefined;
}

/** Combines sinks; `create` makes one more destination. */
export type Wrapping<Recording extends RecordingStream = RecordingStream> = (
  create: () => Promise<Destination>,
) => Promise<Placement<Recording>>;
/** Does something with a recording, up to its end. */
export type Situation = (trial: Trial<RecordingStream>) => Promise<void>;

/** A sink in memory as a destination. */
export function inMemory(): Destination {
  const sink = new MemorySink();
  return { sink, arrived: () => [sink.toBytes()] };
}

export const WRAPPINGS: Readonly<Record<string, Wrapping>> = {
  async alone(create) {
    const destination = await create();
    return { destinations: [destination], place: (recording) => recording.setSink(destination.sink) };
  },
  async "in a tee"(create) {
    const destinations = [await create(), inMemory()];
    const sink = tee(destinations.map((destination) => destination.sink));
    return { destinations, place: (recording) => recording.setSink(sink) };
  },
  async filtered(create) {
    const destination = await create();
    const sink = filtered(destination.sink, { contents: "/**" });
    return { destinations: [destination], place: (recording) => recording.setSink(sink) };
  },
  async "twice in a set"(create) {
    const destinations = [await create(), await create()];
    return { destinations, place: (recording) => recording.setSinks(destinations.map(({ sink }) => sink)) };
  },
};

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  async "after a backlog"(trial) {
    trial.log();
    await trial.place();
    trial.log();
    await trial.close();
  },
  async "replaced while it sends"(trial) {
    await trial.place();
    trial.log();
    void trial.replace();
    trial.log();
    await trial.close();
  },
  async "disconnected while it sends"(trial) {
    await trial.place();
    trial.log();
    void trial.disconnect();
    trial.log();
    await trial.close();
  },
  async "set again while it sends, and after it was closed"(trial) {
    await trial.place();
    trial.log();
    await trial.place();
    trial.log();
    await trial.disconnect();
    trial.log();
    await trial.place().catch(() => {});
    trial.log();
    await trial.close();
  },
  async "set for two recordings"(trial) {
    await trial.place();
    const second = trial.another();
    trial.log();
    second.log();
    await second.place().catch(() => {});
    trial.log();
    second.log();
    await Promise.all([trial.close(), second.close()]);
  },
  async "without sinks for a while"(trial) {
    await trial.place();
    trial.log();
    void trial.recording.setSinks([]);
    trial.log();
    void trial.replace();
    trial.log();
    await trial.close();
  },
  async "closed immediately"(trial) {
    await trial.place();
    trial.log();
    await trial.close({ timeoutMs: 0 });
    trial.log();
  },
  async "while the server is away, and when it is back"(trial) {
    await trial.place();
    trial.log();
    await trial.appear();
    trial.log();
    await trial.close();
  },
  async "while the server is away until the end"(trial) {
    await trial.place();
    trial.log();
    await trial.close({ timeoutMs: 20 });
  },
};

/** Fate of the rows of a trial. */
export interface Balance {
  readonly arrived: number;
  /** Rows that were reported as dropped, and rows that the recordings count as dropped in the end. */
  readonly dropped: number;
  readonly counted: number;
  /** The rows that must have arrived or been dropped. */
  readonly owed: number;
}

/** A recording in a situation. The trial counts the rows that must have arrived, or count as dropped, in the end. */
export class Trial<Recording extends RecordingStream> {
  readonly recording: Recording;
  /** Reasons why the recordings could not be closed. */
  readonly failures: unknown[];
  readonly #createRecording: SinkMatrix<Recording>["createRecording"];
  readonly #placement: Placement<Recording>;
  readonly #others: Destination[];
  readonly #trials: Trial<Recording>[];
  /** Rows times the sinks that they were meant for. */
  #owed = 0;
  #dropped = 0;
  /** Rows that are buffered for the next sinks. */
  #buffered = 0;
  /** Whether a sink was still closing when the time of the recording was over. Its rows arrive or are dropped later. */
  #hasPending = false;

  constructor(
    createRecording: SinkMatrix<Recording>["createRecording"],
    placement: Placement<Recording>,
    others: Destination[] = [],
    trials: Trial<Recording>[] = [],
  ) {
    this.#createRecording = createRecording;
    this.#placement = placement;
    this.#others = others;
    this.#trials = trials;
    this.failures = trials[0]?.failures ?? [];
    trials.push(this);
    this.recording = createRecording({
      sendProperties: false,
      batcher: { flushNumRows: 0 },
      onWarning: () => {},
      onError: () => {},
    });
    this.recording.addEventListener("drop", ({ rows }) => (this.#dropped += rows));
  }

  /** Logs rows, each of them a chunk. */
  log(): void {
    const before = this.recording.stats().rows;
    for (let row = 0; row < ROWS; row++) this.recording.log("row", numbers(row));
    const rows = this.recording.stats().rows - before;
    const { sinks } = this.recording;
    this.#owed += rows * sinks.length;
    if (sinks[0]?.kind === "buffering") this.#buffered += rows;
  }

  /** Sets the sinks of the placement. */
  place(): Promise<unknown> {
    return this.#set(() => this.#placement.place(this.recording));
  }

  /** Sets another sink, in memory. */
  replace(): Promise<unknown> {
    const other = inMemory();
    this.#others.push(other);
    return this.#set(() => this.recording.setSink(other.sink));
  }

  /** Closes the recording. By default it has a minute, since other programs may compute. */
  async close(options: FlushOptions = { timeoutMs: 60_000 }): Promise<void> {
    try {
      const { pendingBytes } = await this.recording.close(options);
      this.#hasPending ||= pendingBytes > 0;
    } catch (error) {
      this.failures.push(error);
    }
  }

  /** Disconnects the recording. */
  async disconnect(): Promise<void> {
    await this.recording.disconnect().catch((error: unknown) => this.failures.push(error));
  }

  /** Lets the servers appear. */
  async appear(): Promise<void> {
    for (const destination of this.#placement.destinations) await destination.appear?.();
  }

  /** Another recording, with the same placement. */
  another(): Trial<Recording> {
    return new Trial(this.#createRecording, this.#placement, this.#others, this.#trials);
  }

  /** Fate of the rows, after the end of sinks that were still closing. */
  async balance(): Promise<Balance> {
    const deadline = performance.now() + MAX_CLOSING_MS;
    for (;;) {
      const balance = await this.#count();
      const isMissing = balance.arrived + balance.dropped < balance.owed;
      const isClosing = this.#trials.some((trial) => trial.#hasPending);
      if (!isMissing || !isClosing || performance.now() > deadline) return balance;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #count(): Promise<Balance> {
    let arrived = 0;
    for (const destination of new Set([...this.#placement.destinations, ...this.#others]))
      arrived += chunksIn(await destination.arrived());
    const sum = (pick: (trial: Trial<Recording>) => number): number =>
      this.#trials.reduce((total, trial) => total + pick(trial), 0);
    return {
      arrived,
      dropped: sum((trial) => trial.#dropped),
      counted: sum(({ recording }) => recording.stats().droppedRows),
      owed: sum((trial) => trial.#owed),
    };
  }

  #set(call: () => Promise<unknown>): Promise<unknown> {
    const setting = call();
    const { sinks } = this.recording;
    if (sinks[0]?.kind !== "buffering") {
      this.#owed += this.#buffered * (sinks.length - 1);
      this.#buffered = 0;
    }
    return setting;
  }
}

/** The number of different chunks in these streams, up to the place where each stream is cut off. */
export function chunksIn(streams: Arrived): number {
  if (typeof streams === "number") return streams;
  const names = new Set<string>();
  for (const stream of streams) {
    const length = completeLength(stream);
    if (length === 0) continue;
    for (const message of decodeRrd(stream.subarray(0, length)))
      if (message.kind === "chunk") names.add(nameOf(message));
  }
  return names.size;
}

/**
 * Whether rows that count as dropped may have arrived: the sink had sent them, and the server had not acknowledged them
 * before the end.
 */
function isUncertain(situation: string, destinations: readonly Destination[]): boolean {
  if (destinations.some((destination) => destination.isUncertain)) return true;
  return (
    situation.includes("closed immediately") &&
    destinations.some(({ sink }) => (sink as RecordingSink).needsEventLoop === true)
  );
}

/** Describes all combinations of a matrix that apply: a test for each sink and wrapping, with all situations. */
export function describeSinkMatrix<Recording extends RecordingStream>({
  createRecording,
  sinks,
  wrappings,
  situations,
  mayBreak = false,
  excludes,
}: SinkMatrix<Recording>): void {
  for (const [sink, create] of Object.entries(sinks))
    for (const [wrapping, wrap] of Object.entries(wrappings))
      it(`every row that is logged to a ${sink} ${wrapping} arrives or is counted as dropped`, async () => {
        const wrong: string[] = [];
        for (const [situation, run] of Object.entries(situations)) {
          if (excludes(sink, wrapping, situation) !== undefined) continue;
          const isAbsent = situation.includes("server is away");
          const made: Destination[] = [];
          const placement = await wrap(async () => {
            const destination = await create({ isAbsent });
            made.push(destination);
            return destination;
          });
          const trial = new Trial(createRecording, placement);
          await run(trial).catch((error: unknown) => wrong.push(`${situation}: ${String(error)}`));
          if (!mayBreak) for (const error of trial.failures) wrong.push(`${situation}: ${String(error)}`);
          const { arrived, dropped, counted, owed } = await trial.balance();
          const excess = arrived + dropped - owed;
          if (excess !== 0 && !(isUncertain(situation, made) && excess > 0 && excess <= dropped))
            wrong.push(`${situation}: ${arrived} arrived + ${dropped} dropped instead of ${owed}`);
          if (counted !== dropped) wrong.push(`${situation}: ${dropped} dropped, but ${counted} counted`);
          for (const destination of made) await destination.cleanUp?.();
        }
        expect(wrong).toEqual([]);
      });
}
