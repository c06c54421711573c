import type { RecordingStream } from "../../packages/core/src/recording/recording-stream.ts";
import type { Sink } from "../../packages/core/src/sink/sink.ts";
import * as fc from "fast-check";
import { ModelDestination, ModelSink, type ModelTraits } from "./model-sink.ts";
import type * as parts from "./sink-parts.ts";
import type { Globals } from "./world.ts";

export type SinkParts = typeof parts;
export type CreateSinkParts = (globals: Partial<Globals>) => SinkParts;

/** A sink of a step. */
interface SinkChoice {
  readonly destination: number;
  readonly traits: ModelTraits;
}

/** A step of a program, or of the world around it. */
export type Step =
  | { readonly type: "log"; readonly rows: number }
  | { readonly type: "set"; readonly sinks: readonly SinkChoice[]; readonly inTee: boolean }
  | { readonly type: "set again"; readonly earlier: number }
  | { readonly type: "remember" }
  | { readonly type: "flush" }
  | { readonly type: "disconnect" }
  | { readonly type: "tick"; readonly count: number }
  | { readonly type: "break"; readonly sink: number }
  | { readonly type: "jump"; readonly hours: number }
  | { readonly type: "close"; readonly timeoutMs: number | undefined }
  | { readonly type: "end" };

function step<Type extends Step["type"], Rest>(
  weight: number,
  type: Type,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): { weight: number; arbitrary: fc.Arbitrary<{ readonly type: Type } & Rest> } {
  const record = fc.record({ ...rest, type: fc.constant(type) });
  return { weight, arbitrary: record as unknown as fc.Arbitrary<{ readonly type: Type } & Rest> };
}

const choice: fc.Arbitrary<SinkChoice> = fc.record({
  destination: fc.nat(2),
  traits: fc.record({ isServer: fc.boolean(), hasWorker: fc.boolean(), opensLate: fc.boolean() }),
});

/** Steps. A program ends, or closes its recording, and the next step begins another one. */
export const programs: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    step(6, "log", { rows: fc.integer({ min: 1, max: 6 }) }),
    step(5, "set", {
      sinks: fc.uniqueArray(choice, { maxLength: 3, selector: ({ destination }) => destination }),
      inTee: fc.boolean(),
    }),
    step(2, "set again", { earlier: fc.nat(5) }),
    step(1, "remember", {}),
    step(1, "flush", {}),
    step(2, "disconnect", {}),
    step(3, "tick", { count: fc.integer({ min: 1, max: 5 }) }),
    step(1, "break", { sink: fc.nat(5) }),
    step(1, "jump", { hours: fc.integer({ min: 1, max: 48 }) }),
    step(1, "close", { timeoutMs: fc.constantFrom(undefined, 0) }),
    step(2, "end", {}),
  ) as fc.Arbitrary<Step>,
  { maxLength: 25 },
);

/** The program's knowledge of the sinks of its recording: the reference. */
class Reference {
  /** The sinks in use; none while rows are buffered or dropped. */
  inUse: readonly ModelSink[] = [];
  /** Rows that the only place that has them hands over to the next sinks. */
  held = 0;
  /** Whether rows are held now: before the first sink, after `disconnect`, and in memory. */
  isHolding = true;
  /** Rows times the sinks that they are for. */
  owed = 0;

  log(rows: number): void {
    this.owed += rows * Math.max(1, this.inUse.length);
    if (this.isHolding) this.held += rows;
    for (const sink of this.inUse) sink.loggedRows += rows;
  }

  set(sinks: readonly ModelSink[], isHolding: boolean): void {
    if (sinks.length > 0) this.owed += this.held * (sinks.length - 1);
    if (!isHolding || sinks.length > 0) this.held = 0;
    this.inUse = sinks;
    this.isHolding = isHolding;
  }

  /** The sink that stays in place of one for the same destination. */
  inPlaceOf(sink: ModelSink): ModelSink | undefined {
    return this.inUse.find(({ key, isEnded }) => key === sink.key && !isEnded);
  }
}

/** Runs programs, one recording after the other, and collects the errors. */
export class SinkModel {
  readonly problems: string[] = [];
  readonly #parts: SinkParts;
  readonly #destinations = [0, 1, 2].map(() => new ModelDestination());
  #clockMs = 0;
  #reference = new Reference();
  #recording: RecordingStream | undefined;
  #memories: InstanceType<SinkParts["MemorySink"]>[] = [];
  /** The sinks of this recording, and the options that were set with them. */
  #sinks: ModelSink[] = [];
  #sets: { readonly leaves: readonly ModelSink[]; readonly given: readonly Sink[] }[] = [];
  #arrivedBefore = 0;
  #dropped = 0;
  #row = 0;

  constructor(createParts: CreateSinkParts) {
    const now = (): number => this.#now();
    const globals = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, performance, Math, crypto };
    class MovableDate extends Date {
      static override now(): number {
        return now();
      }
    }
    this.#parts = createParts({ ...globals, Date: MovableDate } as unknown as Partial<Globals>);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.#perform(one);
    await this.#perform({ type: "end" });
  }

  #now(): number {
    return Date.now() + this.#clockMs;
  }

  async #perform(one: Step): Promise<void> {
    const recording = (this.#recording ??= this.#begin());
    switch (one.type) {
      case "log":
        this.#log(recording, one.rows);
        break;
      case "set":
        await this.#set(recording, one);
        break;
      case "set again":
        await this.#setAgain(recording, one.earlier);
        break;
      case "remember":
        this.#remember(recording);
        break;
      case "flush":
        await this.#flush(recording);
        break;
      case "disconnect":
        void recording.disconnect().catch(() => {});
        this.#reference.set([], true);
        break;
      case "tick":
        for (const sink of this.#sinks) sink.tick(one.count);
        break;
      case "break":
        this.#sinks[one.sink]?.break();
        break;
      case "jump":
        this.#clockMs += one.hours * 3_600_000;
        break;
      case "close":
        await this.#settle(recording.close({ timeoutMs: one.timeoutMs }), one.timeoutMs === undefined ? 3 : 0);
        this.#finish(recording);
        break;
      case "end":
        this.#parts.shutdownSync(1000);
        // What is buffered for sinks that were never set is counted by the platform's part, see `reportUnsent`.
        await this.#settle(recording.close(), 1);
        this.#finish(recording);
        break;
    }
    // Lets the work between two steps of a program happen.
    await Promise.resolve();
  }

  #begin(): RecordingStream {
    const silent = { onWarning: () => {}, onError: () => {} };
    const options = { ...silent, sendProperties: false, batcher: { flushNumRows: 0 } };
    const recording = new this.#parts.RecordingStream("model", options);
    recording.addEventListener("drop", ({ rows }) => (this.#dropped += rows));
    this.#reference = new Reference();
    this.#memories = [];
    this.#sinks = [];
    this.#sets = [];
    this.#dropped = 0;
    this.#arrivedBefore = this.#arrived();
    return recording;
  }

  #log(recording: RecordingStream, rows: number): void {
    const { PrimitiveBuilder, componentBatches } = this.#parts;
    const arrow = { type: "Int64" } as const;
    this.#reference.log(rows);
    for (let row = 0; row < rows; row++) {
      recording.setTime("row", this.#row++);
      const type = {
        name: "test.Number",
        arrow,
        createBuilder: () => new PrimitiveBuilder(arrow),
        append: (_: unknown, target: unknown) => (target as InstanceType<typeof PrimitiveBuilder>).data.pushInt64(1, 0),
      };
      recording.log("row", componentBatches("test.Numbers", { values: { type, values: [1] } }));
    }
  }

  async #set(recording: RecordingStream, { sinks, inTee }: Extract<Step, { type: "set" }>): Promise<void> {
    const leaves = sinks.map(({ destination, traits }) => {
      const place = this.#destinations[destination] as ModelDestination;
      return new ModelSink(`model:${destination}`, place, traits, () => this.#now());
    });
    this.#sinks.push(...leaves);
    const given = inTee ? [this.#parts.tee(leaves)] : leaves;
    this.#sets.push({ leaves, given });
    await this.#place(recording, given, leaves);
  }

  async #setAgain(recording: RecordingStream, earlier: number): Promise<void> {
    const set = this.#sets[earlier];
    if (set === undefined || set.leaves.length === 0) return;
    if (set.leaves.every((leaf) => this.#reference.inPlaceOf(leaf) !== undefined))
      return this.#place(recording, set.given, set.leaves);
    // Some would be opened that are, or were, open already, or have stayed out before.
    const usedBefore = set.leaves.some((leaf) => this.#reference.inPlaceOf(leaf) === undefined && leaf.wasOpened);
    if (!usedBefore) return this.#place(recording, set.given, set.leaves);
    const failure = await recording.setSinks(set.given).then(
      () => undefined,
      (error: unknown) => error as { readonly code: string },
    );
    if (failure?.code !== "INVALID_ARGUMENT") this.problems.push("a sink that was open was accepted");
  }

  /** Sets sinks. The effects of this call may take time. */
  async #place(recording: RecordingStream, given: readonly Sink[], leaves: readonly ModelSink[]): Promise<void> {
    const inUse = leaves.map((leaf) => this.#reference.inPlaceOf(leaf) ?? leaf);
    void recording.setSinks(given).catch((error: unknown) => {
      if ((error as { code?: string }).code === "INVALID_ARGUMENT") this.problems.push(`refused: ${String(error)}`);
    });
    this.#reference.set(inUse, false);
  }

  #remember(recording: RecordingStream): void {
    const memory = new this.#parts.MemorySink();
    this.#memories.push(memory);
    this.#sets.push({ leaves: [], given: [memory] });
    void recording.setSink(memory).catch(() => {});
    this.#reference.set([], true);
  }

  async #flush(recording: RecordingStream): Promise<void> {
    const result = await this.#settle(recording.flush(), 3);
    const waiting = this.#sinks.some((sink) => !sink.isEnded && sink.stats().queuedBytes > 0);
    if (result?.complete === true && waiting) this.problems.push("a flush is complete, but a sink has not sent all");
  }

  /** Waits for a promise while time passes: sinks deliver so many messages at each tick. */
  async #settle<T>(promise: Promise<T>, count: number): Promise<T | undefined> {
    const wait = { isOver: false };
    const settled = promise.catch(() => undefined).finally(() => (wait.isOver = true));
    while (!wait.isOver) {
      for (const sink of this.#sinks) sink.tick(count);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return settled;
  }

  /** The recording has ended: everything must have arrived or be counted. */
  #finish(recording: RecordingStream): void {
    const { droppedRows } = recording.stats();
    const arrived = this.#arrived() - this.#arrivedBefore;
    const { owed } = this.#reference;
    if (arrived + this.#dropped !== owed)
      this.problems.push(`${arrived} rows arrived and ${this.#dropped} were dropped, instead of ${owed}`);
    if (droppedRows !== this.#dropped)
      this.problems.push(`${this.#dropped} rows were dropped, but ${droppedRows} counted`);
    for (const sink of this.#sinks) {
      this.problems.push(...sink.problems);
      if (sink.stats().state === "open") this.problems.push(`${sink.key} is still open`);
    }
    for (const { rows } of this.#destinations)
      if (new Set(rows).size !== rows.length) this.problems.push("a row has arrived twice");
    this.#recording = undefined;
  }

  #arrived(): number {
    const inMemory = this.#memories.flatMap((memory) => memory.readMessages()).filter(({ kind }) => kind === "chunk");
    return this.#destinations.reduce((sum, { rows }) => sum + rows.length, inMemory.length);
  }
}
