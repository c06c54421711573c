import { createHash } from "node:crypto";
import { RerunError, type EncodedMessage, type StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { SequenceSettings, Upstream, UpstreamSequence } from "@rerun-ts/node/parts";
import { storeInfoOf } from "@rerun-ts/node/relay-parts";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import type { NatsAddress } from "../nats/nats-address.ts";
import { SharedPackLinks } from "../nats/open-pack-link.ts";
import type { PackId } from "../nats/pack.ts";
import { newRun } from "../nats/subjects.ts";
import { NatsSequence, type EdgeAck } from "./nats-sequence.ts";

/** The maximum number of store infos that are kept for packs. */
const MAX_STORE_INFOS = 10_000;
/**
 * The maximum number of runs that are known as this edge's own. For other runs, the relay recognises chunks by its
 * history.
 */
const MAX_RUNS = 10_000;

/** Settings of a {@link NatsUpstream}. */
export interface NatsUpstreamSettings {
  readonly address: NatsAddress;
  readonly dataset: string;
  readonly connect: NatsConnectOptions;
  readonly ack: EdgeAck;
  /** The largest number of bytes in memory, of all clients. */
  readonly maxBytes: number;
  readonly resendMs: number;
  readonly onWarning: (message: string) => void;
  /** Called with the problem of a connection, or with `undefined` once it is solved. Default: none. */
  readonly onState?: ((problem: string | undefined) => void) | undefined;
}

/**
 * Sends the records of an edge's clients to a dataset in NATS. The run of a client follows from its session, and its
 * records keep their numbers. So all edges give a record the same name, and a client may send it again to any of them.
 */
export class NatsUpstream implements Upstream {
  readonly #settings: NatsUpstreamSettings;
  readonly #links: SharedPackLinks;
  readonly #sequences = new Set<NatsSequence>();
  readonly #storeInfos = new Map<string, EncodedMessage["payload"]>();
  /** The numbers that were sent from here, by run. */
  readonly #sent = new Map<string, PackRanges>();
  #bytes = 0;
  #lastWarning = "";

  constructor(settings: NatsUpstreamSettings) {
    this.#settings = settings;
    this.#links = new SharedPackLinks(settings);
  }

  /** Bytes that are not stored. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The numbers of a pack that were not sent from here. */
  missing(id: PackId): FlatRanges {
    return missingOf(this.#sent.get(id.run), id);
  }

  /** Connects, and warns if that is not possible now. @throws {RerunError} `AUTH` if the server denies access */
  async check(): Promise<void> {
    try {
      await this.#links.connected();
    } catch (error) {
      const reason = RerunError.from(error, "CONNECTION");
      if (reason.code === "AUTH") throw reason;
      this.#onState(reason);
    }
  }

  open({ session, first, onProgress }: SequenceSettings): UpstreamSequence {
    const { dataset, ack, resendMs } = this.#settings;
    const run = session === undefined ? newRun() : runOf(dataset, session);
    const sequence: NatsSequence = new NatsSequence({
      run,
      first,
      ack,
      resendMs,
      open: (...link) => this.#links.open(...link),
      storeInfoOf: (storeId) => this.#storeInfoOf(storeId),
      isFull: () => this.#bytes > this.#settings.maxBytes,
      isHalfFull: () => this.#bytes > this.#settings.maxBytes / 2,
      onSend: (message, number) => this.#onSend(run, message, number),
      onRelease: (bytes) => this.#release(bytes),
      onProgress,
      onState: (error) => this.#onState(error),
    });
    this.#sequences.add(sequence);
    void sequence.ended.then(() => this.#sequences.delete(sequence));
    return sequence;
  }

  async drain(timeoutMs: number): Promise<void> {
    await within(
      timeoutMs,
      [...this.#sequences].map((sequence) => sequence.whenStored()),
    );
  }

  async close(timeoutMs: number): Promise<number> {
    const sequences = [...this.#sequences];
    for (const sequence of sequences) sequence.finish();
    await within(
      timeoutMs,
      sequences.map(({ ended }) => ended),
    );
    const rest = this.#bytes;
    for (const sequence of sequences) sequence.abort();
    await this.#links.close();
    return rest;
  }

  #onSend(run: string, message: EncodedMessage, number: number): void {
    this.#bytes += message.payload.byteLength;
    let sent = this.#sent.get(run);
    if (sent === undefined) {
      this.#sent.set(run, (sent = new PackRanges()));
      if (this.#sent.size > MAX_RUNS) deleteOldest(this.#sent);
    }
    sent.add(number + 1);
    if (message.kind === "storeInfo") this.#keepStoreInfo(message);
  }

  #release(bytes: number): void {
    const wasFull = this.#bytes > this.#settings.maxBytes;
    this.#bytes -= bytes;
    if (wasFull && this.#bytes <= this.#settings.maxBytes)
      for (const sequence of this.#sequences) sequence.onProgressSoon();
  }

  #keepStoreInfo({ storeId, payload }: EncodedMessage): void {
    this.#storeInfos.set(storeKey(storeId), payload);
    if (this.#storeInfos.size > MAX_STORE_INFOS) deleteOldest(this.#storeInfos);
  }

  /** The message that opens a store: a client's own message, or else one made from the id of the store. */
  #storeInfoOf(storeId: StoreId): EncodedMessage["payload"] {
    const known = this.#storeInfos.get(storeKey(storeId));
    if (known !== undefined) return known;
    const info = storeInfoOf(storeId);
    this.#keepStoreInfo(info);
    return info.payload;
  }

  #onState(error: RerunError | undefined): void {
    this.#settings.onState?.(error?.message);
    if (error === undefined) this.#lastWarning = "";
    else if (error.message !== this.#lastWarning) this.#settings.onWarning((this.#lastWarning = error.message));
  }
}

function deleteOldest<Key>(map: Map<Key, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** Waits for all promises, at most for `timeoutMs`. */
async function within(timeoutMs: number, all: readonly Promise<void>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  try {
    await Promise.race([Promise.all(all), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The run of a session, as a hash: it does not reveal the session, and no client can choose it. */
function runOf(dataset: string, session: Uint8Array): string {
  const hash = createHash("sha256").update(`rerun-ts session\0${dataset}\0`).update(session);
  return hash.digest("hex").slice(0, 16);
}
