import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { testRandom } from "./test-random.ts";

/** The properties of a {@link SlowLink}. */
export interface LinkOptions {
  /** The rate of all connections together towards the server. */
  readonly bytesPerSecond: number;
  /** The delay of each direction. */
  readonly delayMs: number;
  /** The probability with which a connection is cut in each second. */
  readonly cutsPerSecond: number;
}

/** How many slices of bytes pass in a second: the smaller they are, the more even is the rate. */
const SLICES_PER_SECOND = 20;
/** How fine random shares are. */
const STEPS = 2 ** 20;

/**
 * A network link in front of a server: slow towards it, with a delay in both directions, whose connections are cut now
 * and then. The link counts the bytes that have passed. Like a modem or a tunnel it is preceded by the buffers of
 * sockets.
 */
export class SlowLink {
  /** The bytes that have passed towards the server. */
  bytes = 0;
  connections = 0;
  /** The number of connections that the link has cut. */
  cuts = 0;
  readonly #options: LinkOptions;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #random = testRandom();
  /** When the link is free again, on the clock of `performance.now`. */
  #freeAt = 0;

  private constructor(targetPort: number, options: LinkOptions) {
    this.#options = options;
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#join(client));
  }

  /** Starts a link, until the end of the test. */
  static async start(targetPort: number, options: LinkOptions): Promise<SlowLink> {
    const link = new SlowLink(targetPort, options);
    link.#server.listen(0, "127.0.0.1");
    await once(link.#server, "listening");
    onTestFinished(() => void link.#server.close());
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #join(client: Socket): void {
    this.connections++;
    const server = connect(this.#targetPort, "127.0.0.1");
    const cuts = setInterval(() => {
      if (client.destroyed || this.#random(STEPS) / STEPS >= this.#options.cutsPerSecond) return;
      this.cuts++;
      client.destroy();
    }, 1000);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(cuts);
        client.destroy();
        server.destroy();
      });
    }
    void this.#pass(client, server, true).catch(() => server.destroy());
    void this.#pass(server, client, false).catch(() => client.destroy());
  }

  async #pass(from: Socket, to: Socket, isLimited: boolean): Promise<void> {
    const { bytesPerSecond, delayMs } = this.#options;
    const sliceBytes = isLimited ? bytesPerSecond / SLICES_PER_SECOND : Infinity;
    for await (const piece of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < piece.length; at += sliceBytes) {
        const slice = piece.subarray(at, at + sliceBytes);
        if (isLimited) await this.#wait(slice.length);
        setTimeout(() => to.write(slice), delayMs);
      }
    }
    setTimeout(() => to.end(), delayMs);
  }

  /** Waits until the link has passed on so many bytes. */
  async #wait(bytes: number): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / this.#options.bytesPerSecond) * 1000;
    this.bytes += bytes;
    await sleep(this.#freeAt - now);
  }
}
