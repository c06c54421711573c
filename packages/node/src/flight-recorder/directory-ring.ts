import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { EncodedMessage, SinkFlushOptions } from "@rerun-ts/core";
import type { RingLimits, RingStorage } from "@rerun-ts/core/recording";
import { SinkStatus, type RecordingSinkContext } from "@rerun-ts/core/transport";
import { randomId } from "@rerun-ts/core/util";
import { RING_PREFIX } from "./ring-prefix.ts";
import { pathOf } from "../file/path-of.ts";
import { DirectoryStore } from "../spool/directory-store.ts";

/** The most rings of ended processes that stay: a program may crash at each start. */
const MAX_LEFT_RINGS = 10;

/**
 * A ring of messages in a folder of its own. It is written synchronously, so that it survives any end of the process.
 */
export class DirectoryRing implements RingStorage {
  readonly kind = "flight-spool";
  readonly key: string;
  readonly isSynchronous = true;
  keepsRing = false;
  readonly #spool: string;
  readonly #path: string;
  readonly #store: DirectoryStore;
  readonly #status = new SinkStatus("flight-spool");
  #nextId = 1;

  /**
   * @param spool the folder of all rings of a program. It is created
   * @throws {TypeError} if it is not a path
   */
  constructor(spool: string, { maxBytes, maxAgeMs }: RingLimits) {
    const name = `${RING_PREFIX}${randomId()}`;
    this.#spool = resolve(pathOf("spool", "the path of a folder", spool));
    this.#path = join(this.#spool, name);
    this.key = `flight-spool:${this.#path}`;
    this.#store = new DirectoryStore({
      directory: this.#path,
      maxBytes,
      maxAgeMs,
      fsync: "never",
      // Only this program writes to the folder.
      read: async () => [],
    });
  }

  open(context: RecordingSinkContext): void | Promise<void> {
    this.#status.attach(context);
    const opening = this.#store.open({
      onFound: () => {},
      // The ring is there to forget what is old.
      onEvicted: () => {},
      onUnstored: ({ rows, bytes }) => this.#status.countDrop({ rows, bytes, reason: "closed", isReported: true }),
      onWarning: (message) => context.onWarning(message),
      onFailure: (error) => context.onWarning(error.message, error.code),
      onWorking: () => {},
    });
    const onOpen = (): void => {
      this.#status.change("open");
      // Nobody waits for this.
      this.#discardOld().catch(() => {});
    };
    return opening === undefined ? onOpen() : opening.then(onOpen);
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open") return this.#status.drop(message, "closed");
    this.#store.append(message, this.#nextId++);
    this.#status.sentBytes += message.payload.byteLength;
  }

  flush(): Promise<void> {
    return this.#store.flush();
  }

  async close(_options: SinkFlushOptions): Promise<void> {
    this.#end();
    if (!this.keepsRing) await rm(this.#path, { recursive: true, force: true });
  }

  closeSync(): void {
    this.#end();
    if (!this.keepsRing) rmSync(this.#path, { recursive: true, force: true });
  }

  stats(): ReturnType<SinkStatus["stats"]> {
    return this.#status.stats();
  }

  async #discardOld(): Promise<void> {
    const { discardRings } = await import("./recover-rings.ts");
    await discardRings(this.#spool, MAX_LEFT_RINGS);
  }

  #end(): void {
    if (this.#status.isEnded) return;
    this.#store.closeSync(!this.keepsRing);
    this.#status.change("closed");
  }
}
