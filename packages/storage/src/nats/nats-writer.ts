import { RerunError } from "@rerun-ts/core";
import { ReconnectingWriter, type DeliveryQueue, type WriterEvents } from "@rerun-ts/core/transport";
import { CommitRequests } from "./commit-requests.ts";
import { PackMaker, type PackMakerSettings } from "./pack-maker.ts";
import { cutPack, encodePack } from "./pack.ts";
import type { DeniedRight } from "./denied-rights.ts";
import type { OpenPackLink, PackLink, PackRejection } from "./pack-link.ts";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import { RunPrints, type FlatPrints } from "../commits/run-prints.ts";
import { PacksInFlight, type PackInFlight } from "./packs-in-flight.ts";

/** Small messages share a pack of about this size. A larger message has a separate pack. */
const PACK_BYTES = 256 * 1024;
const MAX_PACK_MESSAGES = 4096;
/** A pack below this size is only sent once the last one has this age. */
const FULL_BYTES = 64 * 1024;
const GATHER_MS = 20;
/** Limits of publications in flight. */
const MAX_SENDING_BYTES = 8 * 1024 * 1024;
const MAX_SENDING = 128;
/** Interval of checks for packs without a commit. */
const CHECK_MS = 1000;
/** A pack for which somebody waits is looked for in the stream after this time without a commit. */
const LOOK_MS = 5000;
/** Limit of the factor by which later repetitions are later. */
const MAX_DELAY_FACTOR = 16;

/** Settings of a {@link NatsWriter}. */
export interface NatsWriterSettings extends PackMakerSettings {
  /** The number of the first message in the run. Default 1. */
  readonly first?: number | undefined;
  /** A pack that was stored and is not committed after this time is sent again. */
  readonly resendMs: number;
  readonly open: OpenPackLink;
  /** Whether others need room, and wait for commits. Default: nobody does. */
  readonly isRoomNeeded?: (() => boolean) | undefined;
}

/**
 * Sends messages from a queue to a stream of NATS, in packs. A message counts as written when the stream has it, and as
 * acknowledged when an ingester has committed its pack. Uncommitted packs are sent again: soon if the stream has lost
 * its messages, and otherwise after a while. A pack that ingesters reject is kept, and sent again later each time: a
 * newer ingester may accept it.
 */
export class NatsWriter extends ReconnectingWriter {
  readonly #settings: NatsWriterSettings;
  #packs: PacksInFlight;
  readonly #maker: PackMaker;
  readonly #requests = new CommitRequests();
  #link: PackLink | undefined;
  #loss: Error | undefined;
  #sendingBytes = 0;
  #sending = 0;
  #hasUnsent = false;
  #sentAt = -Infinity;
  #checkedAt = 0;
  /** The largest sequence of the stream so far. A smaller one means that the stream has lost messages. */
  #sequence = 0;
  /** The stream of the last connection, identified by the time of its creation. */
  #stream: string | undefined;
  #losses = 0;
  #isLooking = false;
  /** The denied rights of which it has warned. */
  readonly #denied = new Set<string>();
  #hasWarnedOfSilence = false;

  constructor(queue: DeliveryQueue, settings: NatsWriterSettings, events: WriterEvents) {
    super(queue, events);
    this.#settings = settings;
    this.#packs = new PacksInFlight(settings.first ?? 1);
    this.#maker = new PackMaker(settings, this.#packs);
  }

  override async until(isDone: () => boolean, ack = false): Promise<void> {
    this.#requests.reset();
    await super.until(isDone, ack);
  }

  protected override get isConnected(): boolean {
    return this.#link !== undefined;
  }

  protected async connect(): Promise<void> {
    this.#loss = undefined;
    const onLoss = (error: Error): void => {
      this.#loss ??= error;
      this.wake();
    };
    const { run } = this.#maker;
    const onCommitted = (packs: FlatRanges, prints: FlatPrints): void => {
      if (run === this.#maker.run) this.#onCommitted(packs, prints);
    };
    const onRejected = (rejection: PackRejection): void => {
      if (run === this.#maker.run) this.#onRejected(rejection);
    };
    const onDenied = (right: DeniedRight): void => this.#onDenied(right);
    this.#link = await this.#settings.open(run, { onCommitted, onRejected, onDenied, onLoss }, this.stop.signal);
    if (this.stop.signal.aborted) return this.#link.close();
    this.#checkStream(this.#link);
  }

  protected disconnect(): void {
    this.#link?.close();
    this.#link = undefined;
    [this.#sending, this.#sendingBytes] = [0, 0];
    // The stream may have these packs nevertheless, but ingesters recognise duplicates.
    for (const pack of this.#packs.items) if (pack.state === "sending") this.#markUnsent(pack);
  }

  /** Servers of NATS reject no single message. */
  protected override onFailed(): number {
    return 0;
  }

  protected async sendAll(): Promise<void> {
    const link = this.#link as PackLink;
    while (!this.isOver) {
      if (this.#loss !== undefined) throw this.#loss;
      this.#markOverdue();
      this.#sendUnsent(link);
      const gatherMs = this.#sendNew(link);
      const askMs = this.#ask(link);
      const waitMs = Math.min(gatherMs, askMs, this.#packs.isEmpty ? Infinity : CHECK_MS);
      await this.wait(waitMs === Infinity ? undefined : waitMs);
    }
  }

  get #hasRoom(): boolean {
    return this.#sending < MAX_SENDING && (this.#sending === 0 || this.#sendingBytes < MAX_SENDING_BYTES);
  }

  /** Bytes that are in no pack yet. */
  get #newBytes(): number {
    return this.queue.bytes - this.queue.sentBytes;
  }

  /** Packs that were stored long ago, and are not committed, may be lost. */
  #markOverdue(): void {
    const now = performance.now();
    if (now - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = now;
    for (const pack of this.#packs.items) {
      if (isOverdue(pack, this.#settings.resendMs, now)) {
        this.#warnOfSilence(pack);
        this.#markUnsent(pack);
      }
    }
  }

  /** Warns that an ingester has committed nothing for long. */
  #warnOfSilence({ rejectedAttempts }: PackInFlight): void {
    if (this.#hasWarnedOfSilence || rejectedAttempts > 0) return;
    this.#hasWarnedOfSilence = true;
    const seconds = Math.round(this.#settings.resendMs / 1000);
    const text = `no ingester has committed what NATS has had for ${seconds} s: is \`rerun-ts ingest\` running?`;
    this.events.onWarning?.(`${text} Data is kept, and sent again`, "TIMEOUT");
  }

  #markUnsent(pack: PackInFlight): void {
    pack.state = "unsent";
    this.#hasUnsent = true;
  }

  #sendUnsent(link: PackLink): void {
    if (!this.#hasUnsent) return;
    for (const pack of this.#packs.items) {
      if (pack.state !== "unsent" || this.#packs.isCommitted(pack)) continue;
      if (!this.#hasRoom) return;
      void this.#send(link, pack);
    }
    this.#hasUnsent = false;
  }

  /** Makes packs of new messages. Returns how long to wait for more of them. */
  #sendNew(link: PackLink): number {
    while (!this.#hasUnsent && this.#hasRoom && this.queue.hasPending) {
      const waitMs = this.#sentAt + GATHER_MS - performance.now();
      if (waitMs > 0 && this.#newBytes < FULL_BYTES && !this.isAckAwaited && !this.isClosing) return waitMs;
      this.#sentAt = performance.now();
      for (const pack of this.#maker.make(this.queue.take(PACK_BYTES, MAX_PACK_MESSAGES))) void this.#send(link, pack);
    }
    return Infinity;
  }

  /** Publishes a pack. Never rejects. */
  async #send(link: PackLink, packed: PackInFlight): Promise<void> {
    const { pack, bytes } = packed;
    const losses = this.#losses;
    const before = this.#sequence;
    packed.state = "sending";
    packed.attempts++;
    this.#sending++;
    this.#sendingBytes += bytes;
    try {
      const messages = cutPack(pack, encodePack(pack), link.maxMessageBytes);
      const { recordingId } = pack.storeId;
      const sequences = await Promise.all(messages.map((message) => link.publish(recordingId, message)));
      if (link !== this.#link) return;
      if (losses === this.#losses && Math.min(...sequences) <= before) this.#onStreamLost();
      this.#sequence = Math.max(this.#sequence, ...sequences);
      this.#onStored(packed, Math.min(...sequences));
    } catch (error) {
      if (link !== this.#link) return;
      this.#loss ??= RerunError.from(error, "CONNECTION");
    }
    this.#sending--;
    this.#sendingBytes -= bytes;
    this.wake();
  }

  #onStored(packed: PackInFlight, sequence: number): void {
    packed.state = "stored";
    packed.sequence = sequence;
    packed.wasStored = true;
    packed.storedAt = performance.now();
    this.#markWritten();
    this.onStored();
  }

  #markWritten(): void {
    const { messages, bytes } = this.#packs.stored();
    this.queue.markWritten(messages, bytes);
  }

  /** Finds out whether the stream has lost messages since the last connection. */
  #checkStream({ stream }: PackLink): void {
    if (stream === undefined) return;
    const { created, lastSequence } = stream;
    if (lastSequence < this.#sequence || (this.#stream !== undefined && created !== this.#stream)) this.#onStreamLost();
    this.#stream = created;
  }

  /** The stream is another one, or has lost its end, so its packs are sent again. */
  #onStreamLost(): void {
    this.#losses++;
    this.#sequence = 0;
    for (const pack of this.#packs.items) if (pack.state === "stored") this.#markUnsent(pack);
  }

  /** Sends packs again that have left the stream without a commit, because it was purged, or is full. Never rejects. */
  async #lookForPacks(link: PackLink): Promise<void> {
    const now = performance.now();
    if (this.#isLooking || !this.#packs.items.some((pack) => isOverdue(pack, LOOK_MS, now))) return;
    this.#isLooking = true;
    const oldest = await link.oldestSequence?.();
    this.#isLooking = false;
    if (oldest === undefined || link !== this.#link) return;
    for (const pack of this.#packs.items)
      if (isOverdue(pack, LOOK_MS, now) && pack.sequence < oldest) this.#markUnsent(pack);
    this.wake();
  }

  #onCommitted(packs: FlatRanges, prints: FlatPrints): void {
    const taken = this.#settings.newRun === undefined ? undefined : this.#firstTaken(packs, new RunPrints(prints));
    const messages = this.#packs.commit(taken === undefined ? packs : rangesBefore(packs, taken));
    if (messages > 0) {
      this.#hasWarnedOfSilence = false;
      this.queue.acknowledge(messages);
      // Committed messages also count as written if the server has not confirmed them.
      this.#markWritten();
      this.#requests.reset();
      this.onAcknowledged();
      this.wake();
    }
    if (taken !== undefined) this.#changeRun();
  }

  /** The first number of the run that another program has used for something else. */
  #firstTaken(packs: FlatRanges, prints: RunPrints): number | undefined {
    const committed = new PackRanges(packs);
    const taken = this.#packs.items.find(({ pack }) => {
      const missing = missingOf(committed, pack).length;
      return prints.differFrom(pack, missing === 0);
    });
    if (taken !== undefined) return taken.pack.number;
    return (packs.at(-1) ?? 0) >= this.#packs.next ? this.#packs.next : undefined;
  }

  /**
   * Sends everything that is not committed in another run: a copy of this machine, or this machine before it went back
   * to a snapshot, has used the numbers for other messages.
   */
  #changeRun(): void {
    const { newRun } = this.#settings;
    if (newRun === undefined) return;
    const before = this.#maker.run;
    const rest = this.#packs.items.filter((pack) => !this.#packs.isCommitted(pack));
    this.#packs = this.#maker.restart(newRun(), rest);
    this.#hasUnsent = true;
    this.#markWritten();
    const text = `another program has the run ${before} too, such as a copy of this machine or of its snapshot`;
    this.events.onWarning?.(`${text}: uncommitted data is sent in a new run`, "SERVER");
    // Commits of the new run are announced elsewhere.
    this.#loss ??= new RerunError("CONNECTION", text);
    this.wake();
  }

  /** Notes that the server denies a right without which data is committed late, or seems not to be. */
  #onDenied({ name, message }: DeniedRight): void {
    this.events.onState("open", new RerunError("AUTH", message));
    if (!this.#denied.has(name)) this.events.onWarning?.(message, "AUTH");
    this.#denied.add(name);
  }

  /** Notes that an ingester has rejected a pack. It stays in flight, and is sent again like those without a commit. */
  #onRejected({ number, count, reason, isTaken }: PackRejection): void {
    const packed = this.#packs.items.find(
      ({ pack }) => pack.number < number + count && number < pack.number + pack.count,
    );
    if (packed === undefined || packed.rejectedAttempts === packed.attempts) return;
    if (isTaken === true) return this.#changeRun();
    const isFirst = packed.rejectedAttempts === 0;
    packed.rejectedAttempts = packed.attempts;
    const text = `an ingester cannot commit ${count} messages from number ${number} on: ${reason}`;
    this.events.onState("open", new RerunError("SERVER", text));
    if (isFirst) this.events.onWarning?.(`${text}; they are kept, and sent again`, "SERVER");
    this.wake();
  }

  /**
   * Requests a commit if a caller waits for it, or if the queue needs room. Returns the time until the next request.
   */
  #ask(link: PackLink): number {
    const isWaiting = (this.isAckAwaited || this.isClosing) && !this.queue.hasPending && this.#sending === 0;
    const needsRoom = this.queue.bytes > this.queue.maxBytes / 2 || this.#settings.isRoomNeeded?.() === true;
    if (this.#packs.isEmpty || !(isWaiting || needsRoom)) return Infinity;
    void this.#lookForPacks(link);
    return this.#requests.ask(() => link.ask());
  }
}

/** Whether a pack has been in the stream for so long that it counts as lost. Each attempt doubles that time. */
function isOverdue({ state, storedAt, attempts }: PackInFlight, waitMs: number, now: number): boolean {
  return state === "stored" && now - storedAt >= waitMs * Math.min(MAX_DELAY_FACTOR, 2 ** (attempts - 1));
}

/** The numbers of ranges before a number. */
function rangesBefore(ranges: FlatRanges, end: number): FlatRanges {
  const kept: number[] = [];
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    const [first, last] = [ranges[at] as number, Math.min(ranges[at + 1] as number, end - 1)];
    if (first <= last) kept.push(first, last);
  }
  return kept;
}
