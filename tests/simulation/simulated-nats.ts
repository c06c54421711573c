import type { AskListener, LogMessage, LogStream } from "../../packages/storage/src/ingest/log-stream.ts";
import type { OpenPackLink, PackLink, PackLinkEvents } from "../../packages/storage/src/nats/pack-link.ts";
import type { FlatRanges } from "../../packages/storage/src/commits/pack-ranges.ts";
import type { FlatPrints } from "../../packages/storage/src/commits/run-prints.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { World } from "./world.ts";

/** How long a client waits for an acknowledgement that got lost. */
const ACK_TIMEOUT_MS = 2000;

/** The age at which the stream drops messages. No simulation lasts so long. */
const MAX_AGE_MS = 24 * 3_600_000;

interface Stored extends LogMessage {
  readonly partition: number;
}

interface Stream {
  readonly created: string;
  messages: Stored[];
  lastSequence: number;
}

/** One connection to the server, over which everything arrives in order. */
class Connection {
  isLost = false;
  readonly onLost = new Set<() => void>();
  readonly #world: World;
  readonly #latencyMs: number;
  #sentAt = 0;
  #receivedAt = 0;

  constructor(world: World, latencyMs: number) {
    this.#world = world;
    this.#latencyMs = latencyMs;
  }

  /** Lets something arrive at the server, unless the connection is lost before. */
  toServer(work: () => void): void {
    this.#sentAt = Math.max(this.#sentAt, this.#world.now + this.#delay());
    this.#world.after(this.#sentAt - this.#world.now, () => !this.isLost && work());
  }

  toClient(work: () => void): void {
    this.#receivedAt = Math.max(this.#receivedAt, this.#world.now + this.#delay());
    this.#world.after(this.#receivedAt - this.#world.now, () => !this.isLost && work());
  }

  lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    for (const notice of this.onLost) this.#world.after(this.#delay(), notice);
  }

  #delay(): number {
    return this.#world.random() * 2 * this.#latencyMs;
  }
}

/** A server of NATS with one stream, whose disk may be lost. */
export class SimulatedNats {
  /** The share of acknowledgements and announcements that get lost. */
  lossRate: number;
  readonly #world: World;
  readonly #latencyMs: number;
  readonly #maxMessageBytes: number;
  #isUp = true;
  #streams = 0;
  #stream: Stream | undefined;
  readonly #connections = new Set<Connection>();
  readonly #readers = new Set<(message: Stored) => void>();
  readonly #producers = new Set<{
    readonly run: string;
    readonly connection: Connection;
    readonly events: PackLinkEvents;
  }>();
  readonly #ingesters = new Set<{ readonly connection: Connection; readonly listener: AskListener }>();

  constructor(world: World, options: { lossRate: number; latencyMs: number; maxMessageBytes: number }) {
    this.#world = world;
    this.lossRate = options.lossRate;
    this.#latencyMs = options.latencyMs;
    this.#maxMessageBytes = options.maxMessageBytes;
  }

  kill(loss: "nothing" | "end" | "all"): void {
    this.#isUp = false;
    for (const connection of this.#connections) connection.lose();
    this.#connections.clear();
    this.#readers.clear();
    this.#producers.clear();
    this.#ingesters.clear();
    const stream = this.#stream;
    if (loss === "all") this.#stream = undefined;
    if (loss !== "end" || stream === undefined) return;
    const lost = Math.floor(this.#world.random() * (stream.messages.length + 1));
    stream.messages = stream.messages.slice(0, stream.messages.length - lost);
    stream.lastSequence -= lost;
  }

  start(): void {
    this.#isUp = true;
  }

  trim(): void {
    if (this.#stream !== undefined)
      this.#stream.messages = this.#stream.messages.slice(this.#stream.messages.length / 2);
  }

  /** The server as a producer sees it. */
  openLink(process: SimulatedProcess, partition: number): OpenPackLink {
    return async (run, events) => {
      const connection = await this.#connect(process);
      connection.onLost.add(() => process.notify(() => events.onLoss(new Error("connection lost"))));
      this.#producers.add({ run, connection, events: notifying(process, events) });
      const link: PackLink = {
        stream: this.#stream && { created: this.#stream.created, lastSequence: this.#stream.lastSequence },
        maxMessageBytes: this.#maxMessageBytes,
        publish: (_recording, data) =>
          new Promise((resolve, reject) => {
            if (!process.isAlive) return;
            const fail = (): void => process.notify(() => reject(new Error("no acknowledgement")));
            connection.onLost.add(fail);
            connection.toServer(() => {
              const sequence = this.#store(partition, new Uint8Array(data));
              if (sequence === undefined || this.#isLossy()) this.#world.after(ACK_TIMEOUT_MS, fail);
              else connection.toClient(() => process.notify(() => resolve(sequence)));
            });
          }),
        ask: () => {
          if (!process.isAlive) return;
          connection.toServer(() => {
            for (const ingester of this.#ingesters)
              if (!this.#isLossy()) ingester.connection.toClient(() => ingester.listener(partition, run));
          });
        },
        close: () => connection.lose(),
      };
      return link;
    };
  }

  /** The server as an ingester sees it. */
  openStream(process: SimulatedProcess): LogStream {
    let connection: Connection | undefined;
    let listener: AskListener | undefined;
    const connected = async (): Promise<Connection> => {
      if (connection?.isLost === false) return connection;
      const opened = await this.#connect(process);
      connection = opened;
      if (listener !== undefined)
        this.#ingesters.add({
          connection,
          listener: (partition, run) => process.notify(() => listener?.(partition, run)),
        });
      return connection;
    };
    return {
      url: "simulated:",
      onAsk: (given) => (listener = given),
      state: async () => {
        const current = await connected();
        return new Promise((resolve, reject) => {
          current.onLost.add(() => process.notify(() => reject(new Error("connection lost"))));
          current.toServer(() => {
            const { created, lastSequence } = (this.#stream ??= this.#newStream());
            const state = { created, lastSequence, maxAgeMs: MAX_AGE_MS };
            current.toClient(() => process.notify(() => resolve(state)));
          });
        });
      },
      read: (partition, from, created, signal) => this.#read(process, connected, { partition, from, created, signal }),
      announce: (run, packs, prints) => {
        if (!process.isAlive || connection === undefined) return;
        connection.toServer(() => this.#announce(run, packs, prints));
      },
      // All packs can be read.
      reject: () => {},
    };
  }

  async *#read(
    process: SimulatedProcess,
    connected: () => Promise<Connection>,
    { partition, from, created, signal }: { partition: number; from: number; created: string; signal: AbortSignal },
  ): AsyncGenerator<LogMessage> {
    const connection = await connected();
    const arrived: Stored[] = [];
    let wake = (): void => {};
    let isLost = false;
    const end = (): void => {
      isLost = true;
      wake();
    };
    connection.onLost.add(() => process.notify(end));
    signal.addEventListener("abort", end, { once: true });
    const deliver = (message: Stored): void => {
      if (message.partition !== partition || message.sequence < from) return;
      connection.toClient(() =>
        process.notify(() => {
          arrived.push(message);
          wake();
        }),
      );
    };
    connection.toServer(() => {
      if (this.#stream?.created !== created) return connection.toClient(() => process.notify(end));
      for (const message of this.#stream.messages) deliver(message);
      this.#readers.add(deliver);
    });
    try {
      for (;;) {
        const message = arrived.shift();
        if (message !== undefined) yield message;
        else if (isLost || connection.isLost || signal.aborted) break;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      if (!signal.aborted) throw new Error("connection lost");
    } finally {
      this.#readers.delete(deliver);
    }
  }

  #connect(process: SimulatedProcess): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#world.after(this.#world.random() * 2 * this.#latencyMs, () => {
        if (!this.#isUp) return process.notify(() => reject(new Error("connection refused")));
        const connection = new Connection(this.#world, this.#latencyMs);
        this.#connections.add(connection);
        process.notify(() => resolve(connection));
      });
    });
  }

  #newStream(): Stream {
    return { created: `stream ${++this.#streams}`, messages: [], lastSequence: 0 };
  }

  #store(partition: number, data: Uint8Array<ArrayBuffer>): number | undefined {
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    const message = { partition, sequence: ++stream.lastSequence, data, time: this.#world.now };
    stream.messages.push(message);
    for (const deliver of this.#readers) deliver(message);
    return message.sequence;
  }

  #announce(run: string, packs: FlatRanges, prints: FlatPrints): void {
    for (const producer of this.#producers)
      if (producer.run === run && !this.#isLossy())
        producer.connection.toClient(() => producer.events.onCommitted(packs, prints));
  }

  #isLossy(): boolean {
    return this.#world.random() < this.lossRate;
  }
}

function notifying(process: SimulatedProcess, events: PackLinkEvents): PackLinkEvents {
  return {
    onCommitted: (packs, prints) => process.notify(() => events.onCommitted(packs, prints)),
    onRejected: (rejection) => process.notify(() => events.onRejected(rejection)),
    onDenied: (right) => process.notify(() => events.onDenied(right)),
    onLoss: (error) => process.notify(() => events.onLoss(error)),
  };
}
