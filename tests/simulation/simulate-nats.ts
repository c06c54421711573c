import type { EncodedMessage } from "@rerun-ts/core";
import type * as parts from "./nats-parts.ts";
import { Ledger, STATIC_NAME, payloadsOf, staticName } from "./nats-ledger.ts";
import type { NatsAction, NatsSchedule } from "./nats-schedule.ts";
import { SimulatedNats } from "./simulated-nats.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { useGlobals } from "./current-globals.ts";
import { World } from "./world.ts";

/** The simulated parts of the packages. */
export type NatsParts = typeof parts;

const PRODUCERS = 4;
/**
 * The last producer is an edge. Its client keeps messages until they are acknowledged, and sends them again to the next
 * edge.
 */
const EDGE = PRODUCERS - 1;
/** An edge may be killed before its client receives the last acknowledgements. */
const MAX_LOST_ACKNOWLEDGEMENTS = 5;
const INGESTERS = 2;
/** How long everything may take once nothing fails any more. */
const PATIENCE_MS = 600_000;
const MAX_QUEUE_BYTES = 1_000_000;
/** Parts of this size have room for all static data. */
const LARGE_PART_BYTES = 1_000_000;

interface Producer {
  readonly process: SimulatedProcess;
  readonly queue: parts.DeliveryQueue;
  readonly writer: parts.NatsWriter;
  isOver: boolean;
}

/** A client of edges, with messages in the order of their numbers. */
interface Client {
  readonly run: string;
  readonly messages: EncodedMessage[];
  acknowledged: number;
}

interface RunningIngester {
  readonly process: SimulatedProcess;
  readonly ingester: parts.Ingester;
}

/** Runs a schedule. @throws {Error} that says which promise was broken */
export async function simulateNats(nats: NatsParts, schedule: NatsSchedule): Promise<void> {
  const simulation = new NatsSimulation(nats, schedule);
  for (const action of schedule.actions) await simulation.perform(action);
  await simulation.finish();
}

class NatsSimulation {
  readonly #parts: NatsParts;
  readonly #schedule: NatsSchedule;
  readonly #world: World;
  readonly #store: SimulatedStore;
  readonly #ledger: Ledger;
  readonly #nats: SimulatedNats;
  readonly #producers: (Producer | undefined)[] = [];
  readonly #ingesters: (RunningIngester | undefined)[] = [];
  #client: Client | undefined;
  /** Edges that their client has left for another one. */
  readonly #left: Producer[] = [];
  #started = 0;
  #logged = 0;
  #failure: Error | undefined;

  constructor(nats: NatsParts, schedule: NatsSchedule) {
    this.#parts = nats;
    this.#schedule = schedule;
    this.#world = new World(schedule.seed);
    useGlobals(this.#world.globals);
    const { storeFaults: faults, latencyMs } = schedule;
    const makeError = (code: "CONNECTION" | "NOT_FOUND", message: string): Error => new nats.RerunError(code, message);
    this.#store = new SimulatedStore(this.#world, { faults, latencyMs, makeError }, (key, bytes) =>
      this.#check(() => this.#ledger.onCreated(key, bytes)),
    );
    // With small parts, a part repeats only some of it.
    this.#ledger = new Ledger(this.#store.objects, schedule.maxBytes >= LARGE_PART_BYTES);
    this.#nats = new SimulatedNats(this.#world, schedule);
    for (let index = 0; index < INGESTERS; index++) this.#startIngester(index);
    for (let index = 0; index < PRODUCERS; index++) this.#startProducer(index);
  }

  async perform(action: NatsAction): Promise<void> {
    const world = this.#world;
    switch (action.type) {
      case "log":
        this.#log(action.producer, action.messages, action.bytes);
        break;
      case "wait":
        await world.runUntil(world.now + action.ms);
        break;
      case "flush": {
        const producer = this.#producers[action.producer];
        if (producer === undefined) break;
        const messages = producer.queue.unacknowledged;
        void producer.writer.until(() => messages.every((message) => producer.queue.hasSent(message, true)), true);
        break;
      }
      case "kill ingester":
        this.#killIngester(action.ingester);
        world.after(action.ms, () => this.#startIngester(action.ingester));
        break;
      case "freeze ingester":
        this.#ingesters[action.ingester]?.process.freeze(action.ms);
        break;
      case "start producer":
        if (action.producer === EDGE) this.#leaveEdge();
        this.#startProducer(action.producer);
        break;
      case "kill producer":
        this.#killProducer(action.producer);
        break;
      case "kill NATS":
        this.#nats.kill(action.loss);
        world.after(action.ms, () => this.#nats.start());
        break;
      case "trim stream":
        this.#nats.trim();
        break;
      case "store down":
        this.#store.isDown = true;
        world.after(action.ms, () => (this.#store.isDown = false));
        break;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** From now on nothing fails: all that living producers have logged must be committed. */
  async finish(): Promise<void> {
    const world = this.#world;
    // Planned failures happen.
    await world.runUntil(world.now + 20_000);
    this.#store.faults = 0;
    this.#store.isDown = false;
    this.#nats.lossRate = 0;
    this.#nats.start();
    for (let index = 0; index < INGESTERS; index++) this.#startIngester(index);
    this.#startProducer(EDGE);
    const producers = this.#producers.filter((producer) => producer !== undefined);
    for (const { writer } of producers) writer.finish();
    const isDone = await world.runUntil(world.now + PATIENCE_MS, () => producers.every(({ isOver }) => isOver));
    const pending = producers.reduce((sum, { queue }) => sum + queue.unacknowledged.length, 0);
    for (let index = 0; index < INGESTERS; index++) this.#killIngester(index);
    for (let index = 0; index < PRODUCERS; index++) this.#killProducer(index);
    for (const { process, writer } of this.#left) {
      process.kill();
      writer.abort();
    }
    // Requests that arrive late.
    await world.runUntil(world.now + 60_000);
    if (this.#failure !== undefined) throw this.#failure;
    if (!isDone) throw new Error(`no progress: ${pending} messages are never committed`);
  }

  #startIngester(index: number): void {
    if (this.#ingesters[index] !== undefined) return;
    const { partitions, maxBytes, maxMs, maxMemoryBytes, snapshotEvery } = this.#schedule;
    const process = new SimulatedProcess(this.#world);
    const { Ingester, sha256 } = this.#parts;
    const ingester = new Ingester({
      store: this.#store.client(process),
      stream: this.#nats.openStream(process),
      dataset: "fleet",
      partitions: Array.from({ length: partitions }, (_, partition) => partition),
      owner: `ingester ${++this.#started}`,
      maxBytes,
      maxMs,
      maxMemoryBytes,
      snapshotEvery,
      sha256: (pieces) => Buffer.from(sha256(new Uint8Array(Buffer.concat(pieces)))).toString("hex"),
      readMessages: readStatics,
      // Nothing is merged here.
      readStatics: () => Promise.resolve(undefined),
      onWarning: () => {},
      onCommit: () => {},
    });
    this.#ingesters[index] = { process, ingester };
    ingester.run().catch((error: unknown) => (this.#failure ??= new Error("an ingester fails", { cause: error })));
  }

  #killIngester(index: number): void {
    const killed = this.#ingesters[index];
    killed?.process.kill();
    killed?.ingester.abort();
    this.#ingesters[index] = undefined;
  }

  #startProducer(index: number): void {
    if (this.#producers[index] !== undefined) return;
    const process = new SimulatedProcess(this.#world);
    const partition = index % this.#schedule.partitions;
    const client = index === EDGE ? this.#client : undefined;
    const run =
      client?.run ?? partition.toString(16).padStart(2, "0") + (++this.#started).toString(16).padStart(14, "0");
    const resumed = client === undefined ? 0 : this.#resumeAt(client);
    const queue = new this.#parts.DeliveryQueue(
      { maxQueueBytes: MAX_QUEUE_BYTES, maxRetainedBytes: 0, policy: "drop-oldest" },
      ({ kind, payload }) => {
        if (this.#client !== undefined && queue === this.#producers[EDGE]?.queue) this.#client.acknowledged++;
        if (kind === "chunk") this.#check(() => this.#checkCommitted(nameOf(payload)));
      },
    );
    const writer = new this.#parts.NatsWriter(
      queue,
      { run, first: resumed + 1, resendMs: this.#schedule.resendMs, open: this.#nats.openLink(process, partition) },
      { onState: () => {} },
    );
    const producer: Producer = { process, queue, writer, isOver: false };
    this.#producers[index] = producer;
    writer.run().then(
      () => (producer.isOver = true),
      (error: unknown) => (this.#failure ??= new Error("a producer fails", { cause: error })),
    );
    if (client !== undefined) {
      for (const message of client.messages.slice(resumed)) queue.push(message);
      return writer.wake();
    }
    if (index === EDGE) this.#client = { run, messages: [], acknowledged: 0 };
    const payload = new TextEncoder().encode("info");
    this.#push(producer, index, { kind: "storeInfo", storeId: storeOf(index), payload, isStatic: true });
  }

  /** The client connects to another edge, while this edge sends its messages. */
  #leaveEdge(): void {
    const edge = this.#producers[EDGE];
    if (edge === undefined) return;
    this.#left.push(edge);
    this.#producers[EDGE] = undefined;
  }

  /** The number of acknowledged messages that a client knows of. */
  #resumeAt(client: Client): number {
    const lost = Math.floor(this.#world.random() * (MAX_LOST_ACKNOWLEDGEMENTS + 1));
    return (client.acknowledged = Math.max(0, client.acknowledged - lost));
  }

  #push(producer: Producer, index: number, message: EncodedMessage): void {
    if (index === EDGE) this.#client?.messages.push(message);
    producer.queue.push(message);
  }

  #killProducer(index: number): void {
    const killed = this.#producers[index];
    killed?.process.kill();
    killed?.writer.abort();
    this.#producers[index] = undefined;
  }

  #log(index: number, count: number, bytes: number): void {
    const producer = this.#producers[index];
    if (producer === undefined) return;
    for (let at = 0; at < count; at++) this.#push(producer, index, makeMessage(index, ++this.#logged, bytes));
    producer.writer.wake();
  }

  #checkCommitted(name: string): void {
    if (!this.#ledger.committed.has(name)) throw new Error(`${name} is acknowledged, but not committed`);
  }

  /** Keeps the first failure of a check. */
  #check(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}

function storeOf(index: number): EncodedMessage["storeId"] {
  // The first two producers log to one recording.
  return { kind: "recording", applicationId: "simulation", recordingId: `run${Math.max(1, index)}` };
}

/** A message with a number. Each fifth one is static, and replaces earlier static messages of its producer. */
function makeMessage(index: number, number: number, bytes: number): EncodedMessage {
  const isStatic = number % 5 === 0;
  const name = isStatic ? staticName(index, number) : `m${number}`;
  return chunkOf(storeOf(index), `/producer${index}`, number, isStatic, `${name} ${"x".repeat(bytes)}`);
}

function chunkOf(
  storeId: EncodedMessage["storeId"],
  entityPath: string,
  number: number,
  isStatic: boolean,
  text: string,
): EncodedMessage {
  const payload = new TextEncoder().encode(text);
  return {
    kind: "chunk",
    storeId,
    payload,
    isStatic,
    chunkId: { timeHi: 0, timeLo: 0, incHi: 0, incLo: number },
    manifest: {
      entityPath,
      rows: 1,
      uncompressedSize: payload.byteLength,
      timelines: isStatic ? [] : [{ name: "frame", kind: "sequence" }],
      ranges: isStatic ? [] : [RANGE],
      components: [
        { descriptor: { component: "value" }, arrow: { type: "Int64" }, rows: 1, isEmpty: false, ranges: [RANGE] },
      ],
    },
  } as EncodedMessage;
}

/** The static messages in the beginning of a part. */
function readStatics(bytes: Uint8Array): readonly EncodedMessage[] {
  return payloadsOf(bytes).flatMap((payload) => {
    const text = new TextDecoder().decode(payload);
    const [, producer, number] = STATIC_NAME.exec(text) ?? [];
    if (producer === undefined) return [];
    return [chunkOf(storeOf(Number(producer)), `/producer${producer}`, Number(number), true, text)];
  });
}

const RANGE = { start: { lo: 0, hi: 0 }, end: { lo: 1, hi: 0 } };

function nameOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload).split(" ", 1)[0] ?? "";
}
