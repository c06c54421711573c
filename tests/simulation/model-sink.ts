import { RerunError } from "../../packages/core/src/errors/rerun-error.ts";
import type { EncodedMessage } from "../../packages/core/src/rrd/encode/encoded-message.ts";
import type {
  RecordingSink,
  RecordingSinkContext,
  SinkFlushOptions,
  SinkStats,
} from "../../packages/core/src/sink/sink.ts";

/** A place that rows arrive at; it outlives its sinks. */
export class ModelDestination {
  /** The numbers of the rows that have arrived, in order. */
  readonly rows: number[] = [];
}

/** In which ways sinks of the model differ. */
export interface ModelTraits {
  /** Whether messages wait until a tick delivers them. Otherwise `send` does. */
  readonly isServer: boolean;
  /** Whether a thread of its own delivers the rest when the process ends. */
  readonly hasWorker: boolean;
  /** Whether it is open only after a tick. */
  readonly opensLate: boolean;
}

/** How many messages wait at most, besides a backlog. */
export const CAPACITY = 8;

/** A sink that follows the contract, and delivers when the model says so. */
export class ModelSink implements RecordingSink {
  readonly kind = "model";
  readonly key: string;
  readonly needsEventLoop: boolean;
  readonly destination: ModelDestination;
  readonly traits: ModelTraits;
  readonly problems: string[] = [];
  /** Rows that were logged while the sink was in use. */
  loggedRows = 0;
  readonly #now: () => number;
  #context: RecordingSinkContext | undefined;
  #queue: EncodedMessage[] = [];
  /** Messages of a backlog that are in the queue; they take no room. */
  #backlog = 0;
  #state: SinkStats["state"] = "connecting";
  #droppedRows = 0;
  #onOpened: (() => void) | undefined;
  #watchers: (() => void)[] = [];
  #isEnding = false;

  constructor(key: string, destination: ModelDestination, traits: ModelTraits, now: () => number) {
    this.#now = now;
    this.key = key;
    this.destination = destination;
    this.traits = traits;
    this.needsEventLoop = traits.isServer;
  }

  get isEnded(): boolean {
    return this.#state === "closed" || this.#state === "broken";
  }

  get wasOpened(): boolean {
    return this.#context !== undefined;
  }

  open(context: RecordingSinkContext): void | Promise<void> {
    if (this.#context !== undefined) this.problems.push(`${this.key} was opened twice`);
    this.#context = context;
    if (!this.traits.opensLate) return this.#change("open");
    return new Promise((resolve) => {
      this.#onOpened = () => {
        if (!this.isEnded) this.#change("open");
        resolve();
      };
    });
  }

  send(message: EncodedMessage): void {
    this.#checkTime(message);
    this.#take(message);
  }

  #take(message: EncodedMessage): void {
    if (this.isEnded || this.#isEnding) return this.#drop([message], "closed");
    if (!this.traits.isServer) return this.#deliver([message]);
    const waiting = this.#queue.length - this.#backlog;
    if (waiting >= CAPACITY && message.kind === "chunk") this.#drop(this.#queue.splice(this.#backlog, 1), "queue-full");
    this.#queue.push(message);
  }

  sendBacklog(message: EncodedMessage): void {
    if (this.isEnded || !this.traits.isServer) return this.#take(message);
    this.#backlog++;
    this.#queue.push(message);
  }

  /** Lets time pass: the sink opens, or delivers some messages. */
  tick(count: number): void {
    this.#onOpened?.();
    this.#onOpened = undefined;
    if (this.isEnded) return;
    this.#backlog = Math.max(0, this.#backlog - count);
    this.#deliver(this.#queue.splice(0, count));
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** The other side fails for good. */
  break(): void {
    if (this.isEnded || this.#state === "connecting") return;
    this.#change("broken", new RerunError("SERVER", "the model has broken it"));
    this.#drop(this.#queue.splice(0), "closed");
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  async flush(): Promise<void> {
    const last = this.#queue.at(-1);
    const isWaiting = (): boolean => last !== undefined && this.#queue.includes(last) && !this.isEnded;
    while (isWaiting()) await this.#progress();
    if (this.#state === "broken") throw new RerunError("SERVER", "the model has broken it");
  }

  async close({ timeoutMs }: SinkFlushOptions): Promise<void> {
    if (this.#state === "broken") throw new RerunError("SERVER", "the model has broken it");
    this.#isEnding = true;
    let isLate = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isLate = true;
            for (const watcher of this.#watchers.splice(0)) watcher();
          }, timeoutMs);
    const isWaiting = (): boolean => this.#queue.length > 0 && !this.isEnded && !isLate;
    while (isWaiting()) await this.#progress();
    clearTimeout(timer);
    if (this.isEnded) return;
    this.#drop(this.#queue.splice(0), "closed");
    this.#change("closed");
    if (isLate) throw new RerunError("TIMEOUT", "the model had no time");
  }

  closeSync(deadlineMs: number): void {
    if (this.isEnded) return;
    if (this.traits.hasWorker && deadlineMs > 0) this.#deliver(this.#queue.splice(0));
    this.#drop(this.#queue.splice(0), "closed");
    this.#change("closed");
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  stats(): SinkStats {
    const queuedBytes = this.#queue.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const zeros = { sentBytes: 0, droppedBytes: 0, reconnects: 0 };
    return { kind: this.kind, state: this.#state, queuedBytes, droppedRows: this.#droppedRows, ...zeros };
  }

  /** Rows are sent when they are logged. */
  #checkTime({ manifest }: EncodedMessage): void {
    const at = manifest?.timelines.findIndex(({ name }) => name === "log_time") ?? -1;
    const time = manifest?.ranges[at]?.end;
    if (time === undefined) return;
    const lateMs = this.#now() - (time.hi * 2 ** 32 + (time.lo >>> 0)) / 1e6;
    if (Math.abs(lateMs) > 60_000) this.problems.push(`a row wears a time that is ${Math.round(lateMs)} ms old`);
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #change(state: SinkStats["state"], error?: RerunError): void {
    this.#state = state;
    this.#context?.onState(state, error);
  }

  #deliver(messages: readonly EncodedMessage[]): void {
    for (const { manifest } of messages) {
      const at = manifest?.timelines.findIndex(({ name }) => name === "row") ?? -1;
      if (at >= 0) this.destination.rows.push(manifest?.ranges[at]?.start.lo ?? -1);
    }
  }

  #drop(messages: readonly EncodedMessage[], reason: "closed" | "queue-full"): void {
    const rows = messages.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
    if (rows === 0) return;
    this.#droppedRows += rows;
    this.#context?.onDrop({ rows, bytes: 0, reason });
    if (reason === "queue-full" && this.loggedRows <= CAPACITY)
      this.problems.push(`${this.key} dropped rows of a backlog, for which there is always room`);
    const wasBegun = reason === "closed" && this.traits.hasWorker && this.#state !== "broken" && !this.#isEnding;
    if (wasBegun)
      this.problems.push(`${this.key} was not given the time that its thread needs: ${rows} rows were lost`);
  }
}
