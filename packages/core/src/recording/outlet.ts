import { BATCHER_PRESETS, type BatcherConfig } from "../batch/batcher-config.ts";
import type { Chunk } from "../batch/chunk.ts";
import { copyTuid, type Tuid } from "../batch/tuid.ts";
import { RerunError, isRerunError } from "../errors.ts";
import { encodeBlueprintActivation, type BlueprintActivation } from "../rrd/encode/blueprint-activation.ts";
import { ChunkEncoder } from "../rrd/encode/chunk-encoder.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { encodeStoreInfo } from "../rrd/encode/store-info.ts";
import type { Sink, SinkFlushOptions, SinkStats } from "../sink/sink.ts";
import { VERSION } from "../version.ts";
import type { EventHub } from "./events.ts";
import type { BlueprintLike, FlushOptions, FlushResult } from "./recording-options.ts";
import type { RecordingSetup } from "./recording-setup.ts";
import type { Reporter } from "./reporter.ts";
import { SinkEvents } from "./sink-events.ts";
import { SinkSet, type SinkReplacement } from "./sink-set.ts";
import { waitFor } from "./wait.ts";

/** What the outlet asks of where the chunks come from. */
export interface OutletSource {
  /** Hands the rows that wait over, as chunks, before it returns. */
  readonly flushRows: () => void;
  /** A new id. */
  readonly nextId: () => Tuid;
}

/** The way of a chunk from the batcher to the sinks. */
export class Outlet {
  readonly sinks: SinkSet;
  /** Chunks and bytes that were sent. */
  chunks = 0;
  bytes = 0;
  readonly #setup: RecordingSetup;
  readonly #reporter: Reporter;
  readonly #source: OutletSource;
  readonly #storeId: StoreId;
  readonly #encoder: ChunkEncoder;

  constructor(setup: RecordingSetup, events: EventHub, reporter: Reporter, source: OutletSource) {
    const { applicationId, recordingId, compression } = setup;
    this.#setup = setup;
    this.#reporter = reporter;
    this.#source = source;
    this.#storeId = { kind: "recording", applicationId, recordingId };
    this.#encoder = new ChunkEncoder(this.#storeId, compression);
    const sinkEvents = new SinkEvents(this.#storeId, events, reporter, source.flushRows);
    this.sinks = new SinkSet((sink) => sinkEvents.contextOf(sink));
  }

  /** When rows should leave: what the user says, else what the sinks want and the host adds. */
  get batching(): BatcherConfig {
    const { batcher, hostBatcher } = this.#setup;
    if (batcher !== undefined) return { ...BATCHER_PRESETS.default, ...batcher };
    return { ...this.sinks.batching, ...hostBatcher };
  }

  /** Encodes a chunk and sends it. Its memory is free again when this returns. */
  readonly send = (chunk: Chunk): void => {
    const isKept = this.sinks.keepsMessages;
    let message: EncodedMessage;
    try {
      message = this.#encoder.encode(chunk, isKept);
    } catch (error) {
      this.#reporter.error(RerunError.from(error));
      return;
    }
    this.chunks++;
    this.bytes += message.payload.byteLength;
    const { pool } = this.#encoder;
    this.sinks.send(message, isKept ? undefined : pool);
    if (!isKept) pool.give(message.payload);
  };

  /** Sends messages that are encoded already, of whatever stores. */
  sendEncoded(messages: readonly EncodedMessage[]): void {
    this.#source.flushRows();
    for (const message of messages) {
      if (message.kind === "chunk") this.chunks++;
      this.bytes += message.payload.byteLength;
      this.sinks.send(message);
    }
  }

  /** Sends a blueprint and what becomes of it. */
  sendBlueprint(blueprint: BlueprintLike, activation: BlueprintActivation): void {
    for (const message of this.#encodeBlueprint(blueprint, activation)) this.sinks.send(message);
  }

  /** Lets other sinks take over; see {@link SinkSet.replace}. They get the default blueprint first. */
  replaceSinks(
    sinks: readonly Sink[],
    defaultBlueprint?: BlueprintLike,
    closeOptions: SinkFlushOptions = {},
  ): SinkReplacement {
    const blueprint =
      defaultBlueprint === undefined
        ? []
        : this.#encodeBlueprint(defaultBlueprint, { makeActive: false, makeDefault: true });
    return this.sinks.replace(sinks, {
      flushRows: this.#source.flushRows,
      open: (backlog) => [...blueprint, ...this.#withStoreInfo(backlog)],
      closeOptions,
    });
  }

  async flush(options: FlushOptions): Promise<FlushResult> {
    this.#source.flushRows();
    const complete = await waitFor(this.sinks.flush(options), options).catch(unlessTimeIsUp);
    return resultOf(complete, this.sinks.stats());
  }

  async close(options: FlushOptions): Promise<FlushResult> {
    this.#source.flushRows();
    const complete = await waitFor(this.sinks.close(options), options).catch(unlessTimeIsUp);
    return resultOf(complete, this.sinks.stats());
  }

  /** Finishes before it returns, as far as the sinks can. */
  closeSync(deadlineMs: number): FlushResult {
    this.#source.flushRows();
    this.sinks.closeSync(deadlineMs);
    return resultOf(true, this.sinks.stats());
  }

  /** Finishes what cannot be finished once the event loop is gone. */
  closeBeforeExit(): Promise<void> {
    this.#source.flushRows();
    return this.sinks.closeBeforeExit();
  }

  /** A backlog has the recording's information already, unless it was drained. */
  #withStoreInfo(backlog: readonly EncodedMessage[]): readonly EncodedMessage[] {
    if (backlog.some(({ kind, storeId }) => kind === "storeInfo" && storeId === this.#storeId)) return backlog;
    return [encodeStoreInfo(this.#storeId, `rerun-ts ${VERSION}`, copyTuid(this.#source.nextId())), ...backlog];
  }

  #encodeBlueprint(blueprint: BlueprintLike, activation: BlueprintActivation): EncodedMessage[] {
    const messages = [...blueprint.encodeBlueprint(this.#storeId.applicationId)];
    const storeId = messages[0]?.storeId;
    return storeId === undefined ? [] : [...messages, encodeBlueprintActivation(storeId, activation)];
  }
}

/** A sink that gave up waiting is not done; any other failure is thrown. */
function unlessTimeIsUp(error: unknown): false {
  if (isRerunError(error) && error.code === "TIMEOUT") return false;
  throw error;
}

/** What a flush or a close of these sinks achieved. */
export function resultOf(complete: boolean, sinks: readonly SinkStats[]): FlushResult {
  const sum = (pick: (stats: SinkStats) => number): number => sinks.reduce((total, stats) => total + pick(stats), 0);
  return {
    complete,
    pendingBytes: sum(({ state, queuedBytes }) => (state === "buffering" ? 0 : queuedBytes)),
    droppedRows: sum(({ droppedRows }) => droppedRows),
    sinks,
  };
}
