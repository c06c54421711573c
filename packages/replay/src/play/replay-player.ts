import type { PageEvents } from "./page-events.ts";
import type { ReplayDocument } from "./replay-document.ts";

/** Documents of frames come some time after the snapshot that they belong to. */
const SETTLE_NS = 500_000_000n;

/** Shows a page at any time. Of calls while it is busy, the last one counts. */
export class ReplayPlayer {
  readonly events: PageEvents;
  readonly document: ReplayDocument;
  /** The time that the document shows. */
  #time: bigint | undefined;
  /** The time of the last event in the document. A live recording may get later ones before the shown time. */
  #applied = 0n;
  #wanted: bigint | undefined;
  #running: Promise<void> | undefined;

  constructor(events: PageEvents, document: ReplayDocument) {
    this.events = events;
    this.document = document;
  }

  /** The time that is shown, in nanoseconds since 1970. */
  get time(): bigint | undefined {
    return this.#time;
  }

  /** Shows the page at a time. Resolves when a time that was wanted last is shown. */
  async seek(time: bigint): Promise<void> {
    this.#wanted = time < this.events.start ? this.events.start : time;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Forgets what the document shows, so that the next call of `seek` builds all of it. */
  invalidate(): void {
    this.#time = undefined;
  }

  async #run(): Promise<void> {
    for (let time = this.#wanted; time !== undefined; time = this.#wanted) {
      this.#wanted = undefined;
      await this.#show(time);
    }
  }

  async #show(time: bigint): Promise<void> {
    const now = this.events.snapshotAt(time);
    const shown = this.#time;
    // Going on is shorter, unless there is a snapshot in between that is far ahead.
    const goesOn = shown !== undefined && time >= shown && now - this.events.snapshotAt(shown) <= 1;
    const from = goesOn ? this.#applied : await this.#rebuild(now, time);
    if (from === undefined) return;
    this.#applied = from;
    for (let index = Math.max(this.events.snapshotAt(from), 0); index <= now; index++)
      for (const { time: at, event } of await this.events.segment(index)) {
        if (at <= from) continue;
        if (at > time) break;
        this.#apply(event);
        this.#applied = at;
      }
    this.#time = time;
  }

  /** Rebuilds the document from the last snapshot that is old enough to have the documents of frames. */
  async #rebuild(now: number, time: bigint): Promise<bigint | undefined> {
    const start = this.events.metas[now]?.time ?? 0n;
    const first = now > 0 && time - start < SETTLE_NS ? now - 1 : now;
    // A ring may have lost one.
    for (let index = first; index >= 0; index--) {
      const snapshot = await this.events.snapshot(index);
      const meta = this.events.metas[index];
      if (snapshot === undefined || meta === undefined) continue;
      this.document.rebuild(meta.event, snapshot);
      return meta.time;
    }
    return undefined;
  }

  #apply(event: Parameters<ReplayDocument["apply"]>[0]): void {
    try {
      this.document.apply(event);
    } catch {
      // An event of a damaged or hostile recording: the rest is shown.
    }
  }
}
