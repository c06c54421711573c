import { createHash } from "node:crypto";
import { RerunError, type EncodedMessage, type StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import { finishesWithin } from "@rerun-ts/core/util";
import { type SequenceSettings, type Upstream, type UpstreamSequence, storeInfoOf } from "@rerun-ts/node/relay";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import type { NatsAddress } from "../nats/nats-address.ts";
import { DeniedRights } from "../nats/denied-rights.ts";
import { SharedPackLinks } from "../nats/open-pack-link.ts";
import type { PackId } from "../nats/pack.ts";
import { newRun } from "../nats/subjects.ts";
import { DueWork, type DueWorkReport } from "../status/due-work.ts";
import { NatsSequence, type EdgeAck } from "./nats-sequence.ts";

/** The maximum number of store infos that are kept for packs. */
const MAX_STORE_INFOS = 10_000;
/**
 * The maximum number of runs that are known as this edge's own. For other runs, the relay recognises chunks by its
 * history.
 */
const MAX_RUNS = 10_000;

/**
 * The time for which ingesters gather packs by default: a turn of small recordings. Older records are due, and those
 * for which a client waits.
 */
const GATHER_MS = 84_000;
/** Interval between checks of pending work, in milliseconds. */
const LOOK_MS = 1000;

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
  /** The time after which due work that does not happen is a problem, in milliseconds. Default 30,000. */
  readonly limitMs?: number | undefined;
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
  readonly #work: DueWork;
  /** The sequences that have no connection. */
  readonly #disconnected = new Set<object>();
  readonly #look: ReturnType<typeof setInterval>;
  #hasProblem = false;
  #isChecking = false;

  constructor(settings: NatsUpstreamSettings) {
    this.#settings = settings;
    this.#work = new DueWork(`records for the dataset ${settings.dataset}`, undefined, settings.limitMs);
    const denied = new DeniedRights((name, reason) => {
      if (reason === undefined) this.#work.recover(name);
      else if (this.#work.fail(name, reason)) settings.onWarning(reason);
    });
    this.#links = new SharedPackLinks(settings, denied.note);
    this.#look = setInterval(() => this.#warnOfProblem(), LOOK_MS).unref();
  }

  /** The state of pending work: the records of clients that are not in the object storage yet. */
  due(): DueWorkReport {
    const now = performance.now();
    let [isDue, oldestAt] = [false, now];
    for (const { isAwaited, oldestAt: at = now } of this.#sequences) {
      isDue ||= isAwaited || now - at > GATHER_MS;
      oldestAt = Math.min(oldestAt, at);
    }
    this.#work.setWaiting(isDue, this.#bytes, oldestAt);
    const report = this.#work.report();
    const { address, dataset } = this.#settings;
    if (report.problem === undefined || report.failing > 0) return report;
    const reason = `no ingester commits what ${address.href} has: is \`rerun-ts ingest --dataset ${dataset}\` running?`;
    return { ...report, problem: `${report.problem}: ${reason}` };
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
      this.#onState(this, reason);
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
      onState: (error) => this.#onState(sequence, error),
    });
    this.#sequences.add(sequence);
    void sequence.ended.then(() => this.#onEnded(sequence));
    return sequence;
  }

  async drain(timeoutMs: number): Promise<void> {
    const stored = [...this.#sequences].map((sequence) => sequence.whenStored());
    await finishesWithin(timeoutMs, Promise.all(stored));
  }

  async close(timeoutMs: number): Promise<number> {
    clearInterval(this.#look);
    const sequences = [...this.#sequences];
    for (const sequence of sequences) sequence.finish();
    await finishesWithin(timeoutMs, Promise.all(sequences.map(({ ended }) => ended)));
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
    this.#work.succeed();
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

  /** A sequence, or this for the first connection, is connected, or not. */
  #onState(of: object, error: RerunError | undefined): void {
    const { href } = this.#settings.address;
    // Another sequence has connected since.
    this.#disconnected.delete(this);
    if (error === undefined) {
      this.#disconnected.delete(of);
      if (this.#disconnected.size > 0) return;
      this.#work.recover(href);
      this.#lastWarning = "";
      return;
    }
    this.#disconnected.add(of);
    this.#work.fail(href, error.message);
    if (error.message !== this.#lastWarning) this.#settings.onWarning((this.#lastWarning = error.message));
  }

  #onEnded(sequence: NatsSequence): void {
    this.#sequences.delete(sequence);
    // That does not say that the server is there.
    this.#disconnected.delete(sequence);
  }

  /** Looks whether there is a connection, and connects again: without clients, nobody else does. */
  async #checkConnection(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    await this.#links.connected().then(
      () => this.#onState(this, undefined),
      (error: unknown) => this.#onState(this, RerunError.from(error, "CONNECTION")),
    );
    this.#isChecking = false;
  }

  #warnOfProblem(): void {
    void this.#checkConnection();
    const { problem } = this.due();
    if (problem !== undefined && !this.#hasProblem) this.#settings.onWarning(problem);
    this.#hasProblem = problem !== undefined;
  }
}

function deleteOldest<Key>(map: Map<Key, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** The run of a session, as a hash: it does not reveal the session, and no client can choose it. */
function runOf(dataset: string, session: Uint8Array): string {
  const hash = createHash("sha256").update(`rerun-ts session\0${dataset}\0`).update(session);
  return hash.digest("hex").slice(0, 16);
}
