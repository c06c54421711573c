import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { RelayError } from "./relay-error.ts";

const MIB = 1024 * 1024;

/** The limits of a {@link ReceiveMemory}, in bytes. */
export interface ReceiveLimits {
  /** All claims together, besides one message of any size. */
  readonly maxBytes: number;
  /** All claims of one connection, unless it has only one. */
  readonly maxConnectionBytes: number;
  /** Further memory for connections whose only claim is at most `smallBytes`. */
  readonly reserveBytes: number;
  readonly smallBytes: number;
}

const LIMITS: ReceiveLimits = {
  maxBytes: 256 * MIB,
  maxConnectionBytes: 64 * MIB,
  reserveBytes: 64 * MIB,
  smallBytes: MIB,
};

/** Number of claims of a connection that may wait. Their data is in the windows of HTTP/2. */
const MAX_WAITING = 8;
/**
 * Interval at which the progress of claims is checked. Checks are counted, so that a stall of the event loop ends no
 * claim.
 */
const CHECK_MS = 1000;
/** After how many checks without progress a message ends. */
const IDLE_CHECKS = 10;
/**
 * After how many checks at which others waited a slow message ends, and how many bytes it must receive between two: as
 * many as come over the slowest connection that clients do not take for lost.
 */
const CONTENDED_CHECKS = 2;
const LEAST_BYTES = 4 * 1024;

/** The receiver of a message that arrives in pieces. */
export interface ClaimOwner {
  /** There may be room after {@link MemoryClaim.grow} has failed. */
  onRoom(): void;
  /** The message ends with this error, and its claim must be released. */
  onExpired(error: RelayError): void;
  /** The bytes that its connection has read, where pieces come only as a whole: they count as progress too. */
  bytesRead?(): number;
}

/** The memory of the incomplete message of one call. */
export interface MemoryClaim {
  /** An incomplete message has received bytes. It counts as slow, or as idle, between calls of this. */
  receive(bytes: number): void;
  /**
   * Changes its size. Returns `false` if there is no room now: the connection must stop reading until `onRoom`.
   * @throws {RelayError} if too many claims of the connection wait
   */
  grow(size: number): boolean;
  /** The message is complete, or was dropped. The claim can be used again. */
  release(): void;
}

/** The claim of messages that are in memory already. */
export const NO_CLAIM: MemoryClaim = { receive() {}, grow: () => true, release() {} };

interface Claim {
  readonly owner: ClaimOwner;
  readonly connection: Connection;
  bytes: number;
  /** Bytes since the last check, and the number of checks without any, and in all. */
  received: number;
  idleChecks: number;
  checks: number;
  /** Bytes that its connection had read at the last check. */
  bytesRead: number;
}

/** The claims of one connection. */
interface Connection {
  bytes: number;
  waiting: number;
}

/**
 * Limits the memory of the messages that arrive in pieces, over all connections and for each. A claim is about as large
 * as what has arrived, whatever the message announces. When the memory is full, connections have to wait until there is
 * room; one of them may always go on, so that they do not wait for each other.
 *
 * A message without progress ends. While others wait, so do the largest of those that arrive slowly.
 */
export class ReceiveMemory {
  readonly #limits: ReceiveLimits;
  readonly #connections = new WeakMap<object, Connection>();
  #bytes = 0;
  /** The claims of incomplete messages. */
  readonly #active = new Set<Claim>();
  /** The claim that may exceed the limits. */
  #exempt: Claim | undefined;
  /** The claims that wait, longest first. */
  readonly #waiting = new Set<Claim>();
  #isNotifying = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #contendedChecks = 0;

  constructor(limits: Partial<ReceiveLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** The bytes of all claims. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Creates a claim for the messages of one call. @param connection tells connections apart */
  claim(connection: object, owner: ClaimOwner): MemoryClaim {
    let shared = this.#connections.get(connection);
    if (shared === undefined) this.#connections.set(connection, (shared = { bytes: 0, waiting: 0 }));
    const counts = { bytes: 0, received: 0, idleChecks: 0, checks: 0, bytesRead: 0 };
    const claim: Claim = { owner, connection: shared, ...counts };
    return {
      receive: (bytes) => {
        claim.received += bytes;
        this.#activate(claim);
      },
      grow: (size) => this.#grow(claim, size),
      release: () => this.#release(claim),
    };
  }

  #grow(claim: Claim, size: number): boolean {
    this.#activate(claim);
    const isOver = !this.#hasRoom(claim, size);
    if (isOver && this.#exempt !== undefined && this.#exempt !== claim) {
      this.#wait(claim);
      return false;
    }
    if (isOver) this.#exempt = claim;
    this.#goOn(claim);
    this.#resize(claim, size);
    return true;
  }

  #hasRoom({ bytes, connection }: Claim, size: number): boolean {
    const { maxBytes, maxConnectionBytes, reserveBytes, smallBytes } = this.#limits;
    const total = this.#bytes - bytes + size;
    const isAlone = connection.bytes === bytes;
    if (isAlone && size <= smallBytes && total <= maxBytes + reserveBytes) return true;
    return total <= maxBytes && (isAlone || connection.bytes - bytes + size <= maxConnectionBytes);
  }

  #release(claim: Claim): void {
    this.#goOn(claim);
    this.#active.delete(claim);
    if (this.#exempt === claim) this.#exempt = undefined;
    this.#resize(claim, 0);
    [claim.received, claim.idleChecks, claim.checks] = [0, 0, 0];
    this.#notify();
  }

  #resize(claim: Claim, size: number): void {
    this.#bytes += size - claim.bytes;
    claim.connection.bytes += size - claim.bytes;
    claim.bytes = size;
  }

  #wait(claim: Claim): void {
    if (this.#waiting.has(claim)) return;
    if (claim.connection.waiting >= MAX_WAITING)
      throw new RelayError(GRPC_STATUS.unavailable, "too many messages of the connection wait for memory of the relay");
    claim.connection.waiting++;
    this.#waiting.add(claim);
  }

  #goOn(claim: Claim): void {
    if (this.#waiting.delete(claim)) claim.connection.waiting--;
  }

  #activate(claim: Claim): void {
    this.#active.add(claim);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
  }

  /** Ends the messages without progress, and for those that wait the slow ones. */
  #check(): void {
    const slow: Claim[] = [];
    for (const claim of this.#active) {
      const bytesRead = claim.owner.bytesRead?.() ?? 0;
      const received = Math.max(claim.received, bytesRead - claim.bytesRead);
      [claim.received, claim.bytesRead] = [0, bytesRead];
      claim.checks++;
      if (received > 0 || this.#waiting.has(claim)) claim.idleChecks = 0;
      else if (++claim.idleChecks >= IDLE_CHECKS)
        this.#expire(claim, GRPC_STATUS.deadlineExceeded, `no part of a message came for ${IDLE_CHECKS} seconds`);
      if (claim.checks >= CONTENDED_CHECKS && received < LEAST_BYTES && !this.#waiting.has(claim)) slow.push(claim);
    }
    this.#contendedChecks = this.#waiting.size === 0 ? 0 : this.#contendedChecks + 1;
    if (this.#contendedChecks >= CONTENDED_CHECKS) this.#endSlow(slow);
    if (this.#active.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends slow messages, the largest first, until there is some room. One that is exempt keeps the others waiting. */
  #endSlow(slow: Claim[]): void {
    const enough = this.#limits.maxBytes * 0.75;
    const reason = "the relay needs the memory of a message that comes slowly";
    for (const claim of slow.sort((a, b) => b.bytes - a.bytes))
      if (this.#active.has(claim) && (this.#bytes > enough || claim === this.#exempt))
        this.#expire(claim, GRPC_STATUS.unavailable, reason);
  }

  #expire(claim: Claim, status: number, reason: string): void {
    claim.owner.onExpired(new RelayError(status, reason));
    this.#release(claim);
  }

  /** Lets the claims that wait try again, but not within the call that has released memory. */
  #notify(): void {
    if (this.#isNotifying || this.#waiting.size === 0) return;
    this.#isNotifying = true;
    setImmediate(() => {
      this.#isNotifying = false;
      for (const claim of new Set(this.#waiting)) claim.owner.onRoom();
    });
  }
}
