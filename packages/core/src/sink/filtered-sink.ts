import { checkObject, checkOptions } from "../checks/check-arguments.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import { startTimer } from "../async/start-timer.ts";
import type { OptionNames } from "../checks/option-names.ts";
import { contentFilter } from "../entity/content-filter.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { MappedSink } from "./mapped-sink.ts";
import type { Sink, SinkFlushOptions, SinkStats } from "./sink.ts";

/** Options of {@link filtered}. */
export interface FilterSinkOptions {
  /**
   * The entities whose data is sent, as query expressions: `/a` is one entity, `/a/**` includes all entities below it,
   * and a leading `-` excludes. Default: all.
   */
  contents?: string | readonly string[] | undefined;
  /**
   * The largest number of chunks a second of each entity and set of components. Of those that come too fast the newest
   * is sent when its time comes. Frames of a `VideoStream` all pass, because each is based on those before it. So do
   * transforms with a `childFrame`, because an entity may have those of many frames. Default: no limit.
   */
  maxRate?: number | undefined;
}

const KNOWN: OptionNames<FilterSinkOptions> = { contents: 1, maxRate: 1 };

/**
 * A sink that passes on a part of a recording, for example all data to a file but little data to a slow connection.
 * Static data and blueprints always pass. The filter reads the metadata of chunks without decoding them. `stats` counts
 * omitted rows as `filteredRows`, not as dropped rows.
 *
 * @throws {TypeError} if an option is wrong
 * @throws {RerunError} `INVALID_ARGUMENT` if `sink` is none
 * @example
 * const status = rr.filtered(new rr.GrpcSink(), { contents: ["/status/**"], maxRate: 10 });
 * await rec.setSinks([new rr.FileSink("all.rrd"), status]);
 */
export function filtered(sink: Sink, options: FilterSinkOptions): Sink {
  checkObject(options);
  checkOptions("filtered", options, KNOWN);
  const { contents, maxRate } = options;
  if (maxRate !== undefined && !(typeof maxRate === "number" && maxRate > 0))
    throw invalidArgument("maxRate", "a positive number of chunks a second", maxRate);
  const passes = contents === undefined ? () => true : contentFilter(contents);
  return new FilteredSink(sink, passes, maxRate ?? Infinity, JSON.stringify([contents, maxRate]));
}

/** The time at which the last chunk of one kind was sent, and the newest chunk since. */
interface Kind {
  sentMs: number;
  pending: EncodedMessage | undefined;
}

/**
 * Components of which the newest chunk is not enough: the frames of a video, which decoders need in full, and
 * transforms of named frames. The names, which say what a transform replaces, are not in the metadata of a chunk.
 */
const UNLIMITED: ReadonlySet<string> = new Set(["VideoStream:sample", "Transform3D:child_frame"]);

function isUnlimited({ components }: NonNullable<EncodedMessage["manifest"]>): boolean {
  return components.some(({ descriptor }) => UNLIMITED.has(descriptor.component));
}

/** The largest number of kinds that are remembered. With more, the rates of some begin anew. */
const MAX_KINDS = 10_000;

class FilteredSink extends MappedSink {
  readonly #passes: (entityPath: string) => boolean;
  readonly #intervalMs: number;
  readonly #options: string;
  readonly #kinds = new Map<string, Kind>();
  #filteredRows = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the sink is closing, so that chunks pass without delay. */
  #isOver = false;

  constructor(sink: Sink, passes: (entityPath: string) => boolean, maxRate: number, options: string) {
    super("filtered", sink);
    this.#passes = passes;
    this.#intervalMs = 1000 / maxRate;
    this.#options = options;
  }

  override async flush(options: SinkFlushOptions): Promise<void> {
    this.#sendPending(Infinity);
    await super.flush(options);
  }

  override async close(options: SinkFlushOptions): Promise<void> {
    this.#end();
    await super.close(options);
  }

  override beginClose(deadlineMs: number): void {
    this.#sendPending(Infinity);
    super.beginClose(deadlineMs);
  }

  override closeSync(deadlineMs: number, connectMs?: number): void {
    this.#end();
    super.closeSync(deadlineMs, connectMs);
  }

  override stats(): SinkStats {
    return { ...super.stats(), filteredRows: this.#filteredRows };
  }

  protected isLike(other: MappedSink): boolean {
    return other instanceof FilteredSink && other.#options === this.#options;
  }

  protected map(message: EncodedMessage): readonly EncodedMessage[] {
    const { manifest } = message;
    if (manifest === undefined || message.isStatic || message.storeId.kind === "blueprint") return [message];
    if (!this.#passes(manifest.entityPath)) return this.#leaveOut(message);
    if (this.#intervalMs === 0 || this.#isOver || isUnlimited(manifest)) return [message];
    const kind = this.#kindOf(message);
    const now = performance.now();
    if (now - kind.sentMs >= this.#intervalMs) {
      if (kind.pending !== undefined) this.#leaveOut(kind.pending);
      kind.pending = undefined;
      kind.sentMs = now;
      return [message];
    }
    if (kind.pending !== undefined) this.#leaveOut(kind.pending);
    // Copied for synchronous sinks, because the memory of their messages is reused when `send` returns.
    kind.pending = this.isSynchronous ? { ...message, payload: message.payload.slice() } : message;
    this.#timer ??= this.#startTimer(kind.sentMs + this.#intervalMs - now);
    return [];
  }

  #kindOf(message: EncodedMessage): Kind {
    const { entityPath = "", components = [] } = message.manifest ?? {};
    const key = `${message.storeId.recordingId}\0${entityPath}\0${components.map(({ descriptor }) => descriptor.component).join()}`;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size >= MAX_KINDS) {
        this.#sendPending(Infinity);
        this.#kinds.clear();
      }
      this.#kinds.set(key, (kind = { sentMs: -Infinity, pending: undefined }));
    }
    return kind;
  }

  #leaveOut({ manifest, payload }: EncodedMessage): readonly EncodedMessage[] {
    this.#filteredRows += manifest?.rows ?? 0;
    if (this.takesBuffers) this.context?.recycle(payload);
    return [];
  }

  /** Sends pending messages whose time has come. */
  #sendPending(now: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let next = Infinity;
    for (const kind of this.#kinds.values()) {
      const { pending } = kind;
      if (pending === undefined) continue;
      const due = kind.sentMs + this.#intervalMs;
      if (due > now) {
        next = Math.min(next, due);
        continue;
      }
      kind.pending = undefined;
      kind.sentMs = performance.now();
      this.pass(pending);
    }
    if (next < Infinity) this.#timer = this.#startTimer(next - now);
  }

  #startTimer(delayMs: number): ReturnType<typeof setTimeout> | undefined {
    // A timer may be early by a fraction of a millisecond.
    const timer = startTimer(() => this.#sendPending(performance.now() + 1), delayMs) as
      | { unref?: () => void }
      | undefined;
    // The timer does not keep the program alive, because closing sends pending messages.
    timer?.unref?.();
    return timer as ReturnType<typeof setTimeout> | undefined;
  }

  #end(): void {
    this.#sendPending(Infinity);
    this.#isOver = true;
  }
}
