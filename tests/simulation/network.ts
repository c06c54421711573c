import type { World } from "./world.ts";

/** How well a network works. */
export interface NetworkQuality {
  readonly bytesPerSecond: number;
  readonly latencyMs: number;
}

/** The bytes that the operating system buffers for a connection. A program does not see when they leave. */
const SOCKET_BUFFER_BYTES = 64 * 1024;

/** TCP repeats packets that are lost in a short outage. After a longer outage, connections count as dead here. */
const SHORT_OUTAGE_MS = 15_000;

/**
 * A network between one client and one server. Packets that would arrive during a short outage arrive after it. A
 * longer outage loses everything on its way, and tells neither end.
 */
export class Network {
  readonly quality: NetworkQuality;
  readonly world: World;
  #upAt = 0;
  /** Whether the last outage is a long one. */
  #isLong = false;

  constructor(world: World, quality: NetworkQuality) {
    this.world = world;
    this.quality = quality;
  }

  /** Begins an outage. */
  goDown(milliseconds: number): void {
    this.#upAt = this.world.now + milliseconds;
    this.#isLong = milliseconds > SHORT_OUTAGE_MS;
  }

  /** The end of the last outage. */
  get upAt(): number {
    return this.#upAt;
  }

  /** The delay of packets that arrive now; `Infinity` if they are lost. */
  get delay(): number {
    const left = Math.max(0, this.#upAt - this.world.now);
    return left > 0 && this.#isLong ? Infinity : left;
  }
}

/** One direction of a connection: a queue of packets that arrive one after the other, until it is cut. */
export class Pipe {
  readonly #network: Network;
  readonly #packets: { readonly bytes: number; readonly from: number; readonly to: number }[] = [];
  #freeAt = 0;
  #arrived = 0;
  #isCut = false;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Bytes that were not handed to the operating system yet. */
  get bufferedAmount(): number {
    const { now } = this.#network.world;
    let left = 0;
    for (const { bytes, from, to } of this.#packets)
      if (to > now) left += now <= from ? bytes : (bytes * (to - now)) / (to - from);
    return Math.max(0, Math.ceil(left) - SOCKET_BUFFER_BYTES);
  }

  /** Bytes that have arrived at the other end, also parts of packets. */
  get arrivedBytes(): number {
    const now = this.#network.world.now - this.#network.quality.latencyMs;
    let sum = this.#arrived;
    for (const { bytes, from, to } of this.#packets)
      if (now > from) sum += bytes * Math.min(1, (now - from) / (to - from));
    return Math.floor(sum);
  }

  /** Sends a packet. Calls `onArrival` when its last byte has arrived, unless the packet is lost. */
  send(bytes: number, onArrival: () => void): void {
    if (this.#isCut) return;
    const { world, quality } = this.#network;
    const from = Math.max(world.now, this.#freeAt);
    const to = from + (1000 * Math.max(1, bytes)) / quality.bytesPerSecond;
    this.#freeAt = to;
    const packet = { bytes, from, to };
    this.#packets.push(packet);
    const arrive = (): void => {
      if (this.#isCut) return;
      const { delay } = this.#network;
      // After a gap nothing can arrive any more.
      if (delay === Infinity) return this.cut();
      if (delay > 0) return void world.after(delay, arrive);
      this.#packets.splice(this.#packets.indexOf(packet), 1);
      this.#arrived += bytes;
      onArrival();
    };
    world.after(to + quality.latencyMs - world.now, arrive);
  }

  /** Loses everything that is on its way. */
  cut(): void {
    this.#isCut = true;
    this.#packets.length = 0;
  }
}
