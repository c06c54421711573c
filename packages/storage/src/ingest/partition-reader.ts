import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { ManifestReader, decodeMessage } from "@rerun-ts/core/rrd";
import { Backoff } from "@rerun-ts/core/transport";
import { sleep } from "@rerun-ts/core/util";
import { decodePack, readPackId, type PackId } from "../nats/pack.ts";
import { runDaysOf } from "../commits/run-memory.ts";
import type { HeldPack } from "./batch.ts";
import type { PackAssembler } from "./pack-assembler.ts";
import type { LogStream, StreamState } from "./log-stream.ts";

/** The receiver of packs from a {@link PartitionReader}. */
export interface PartitionEvents {
  /** Whether a pack is gathered or committed, so that it need not be decoded. */
  isKnown(id: PackId): boolean;
  /** Whether other messages with the numbers of a pack are known. Default: never. */
  isTaken?(id: PackId): boolean;
  onPack(pack: HeldPack): void;
  /** A message is not a readable pack. The id is `undefined` if it is damaged, too. */
  onRejected(reason: string, id: PackId | undefined): void;
  /** Settles when there is room for more. */
  room(): Promise<void>;
}

/** Reads the packs of a partition, and tracks its position and stream. */
export class PartitionReader {
  /** The stream that is being read. Empty before the first one. */
  stream = "";
  /** All packs up to this sequence have been passed on. */
  sequence = 0;
  /** When the newest message came into the stream, if that is known. */
  time: number | undefined;
  /** For how many days runs must be remembered that come from the stream. `undefined`: for ever. */
  runDays: number | undefined;
  readonly #source: Pick<LogStream, "state" | "read">;
  readonly #partition: number;
  readonly #events: PartitionEvents;
  readonly #assembler: PackAssembler;

  /** @param assembler keeps the pieces of large packs. Several readers may share it */
  constructor(
    source: Pick<LogStream, "state" | "read">,
    partition: number,
    assembler: PackAssembler,
    events: PartitionEvents,
  ) {
    this.#source = source;
    this.#partition = partition;
    this.#events = events;
    this.#assembler = assembler;
  }

  /**
   * Reads until the stream is lost, which is an error, or the signal is aborted.
   *
   * @param committed returns the sequence up to which the packs of a stream are committed
   */
  async read(committed: (stream: string) => number, signal: AbortSignal): Promise<void> {
    const state = await this.#source.state(signal);
    this.sequence = this.#begin(state, committed(state.created));
    this.stream = state.created;
    this.runDays = runDaysOf(state.maxAgeMs);
    for await (const { sequence, data, time } of this.#source.read(
      this.#partition,
      this.sequence + 1,
      state.created,
      signal,
    )) {
      this.#take(data);
      this.sequence = sequence;
      this.time = time;
      await this.#events.room();
    }
  }

  /**
   * Reads until the signal is aborted, and again after failures, with longer pauses until something new is read. Never
   * rejects.
   *
   * @param committed see {@link read}
   */
  async follow(
    committed: (stream: string) => number,
    signal: AbortSignal,
    onFailed: (error: unknown) => void,
    onProgress: () => void = () => {},
  ): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      const before = this.sequence;
      try {
        await this.read(committed, signal);
      } catch (error) {
        if (!signal.aborted) onFailed(error);
      }
      if (this.sequence !== before) {
        backoff.reset();
        onProgress();
      }
      if (!signal.aborted) await sleep(backoff.next());
    }
  }

  /** The sequence behind which to begin. Packs are known by their numbers, so this only spares repetitions. */
  #begin({ created, lastSequence }: StreamState, committed: number): number {
    const reached = created === this.stream ? Math.max(this.sequence, committed) : committed;
    // A server that has lost the end of a stream reuses its sequences for other messages.
    return reached <= lastSequence ? reached : 0;
  }

  #take(data: Uint8Array<ArrayBuffer>): void {
    let id: PackId | undefined;
    try {
      id = readPackId(data);
      if (this.#events.isTaken?.(id) === true || this.#events.isKnown(id)) return;
      const bytes = this.#assembler.add(data);
      if (bytes === undefined) return;
      const pack = decodePack(bytes);
      const messages = pack.hasBareChunks ? Array.from(pack.messages, withManifest) : pack.messages;
      this.#events.onPack({ pack: { ...pack, messages }, bytes: bytes.byteLength });
    } catch (error) {
      // No damaged message may stop the reading of the others.
      this.#events.onRejected(messageOf(error), id);
    }
  }
}

const manifests = /* @__PURE__ */ new ManifestReader();

/** A chunk with its manifest, which is computed if the chunk came without one. */
function withManifest(message: EncodedMessage): EncodedMessage {
  if (message.kind !== "chunk" || message.manifest !== undefined) return message;
  const decoded = decodeMessage("chunk", message.payload);
  if (decoded.kind !== "chunk") return message;
  const { manifest } = manifests.read(decoded.readArrow());
  return { ...message, isStatic: manifest.timelines.length === 0, manifest };
}
