import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { getOrAdd } from "@rerun-ts/core/util";
import { RelayError, unavailableRelay } from "./relay-error.ts";

const MIB = 1024 * 1024;

/** The limits of a {@link ReceiveMemory}, in bytes. */
export interface ReceiveLimits {
  /** All reservations together, besides one message of any size. */
  readonly maxBytes: number;
  /** All reservations of one connection, unless it has only one. */
  readonly maxConnectionBytes: number;
  /** Further memory for connections whose only reservation is at most `smallBytes`. */
  readonly reserveBytes: number;
  readonly smallBytes: number;
}

const LIMITS: ReceiveLimits = {
  maxBytes: 256 * MIB,
  maxConnectionBytes: 64 * MIB,
  reserveBytes: 64 * MIB,
  smallBytes: MIB,
};

/** Number of reservations of a connection that may wait. Their data is in the windows of HTTP/2. */
const MAX_WAITING = 8;
/**
 * Interval at which the progress of reservations is checked. Checks are counted, so that a stall of the event loop ends
 * no reservation.
 */
const CHECK_MS = 1000;
/** After how many checks without progress a message ends. */
const IDLE_CHECKS = 10;
/**
 * The number of checks with waiting connections after which a slow message ends, and the number of bytes that it must
 * receive between two checks. The slowest connection that clients do not consider lost delivers this many.
 */
const CONTENDED_CHECKS = 2;
const LEAST_BYTES = 4 * 1024;

/** The receiver of a message that arrives in pieces. */
export interface ReservationOwner {
  /** {@link MemoryReservation.grow} may succeed now. */
  onRoom(): void;
  /** The message ends with this error, and its reservation must be released. */
  onExpired(error: RelayError): void;
  /** The bytes that the connection has read, if pieces arrive only as a whole. These bytes count as progress too. */
  bytesRead?(): number;
}

/** The memory of the incomplete message of one call. */
export interface MemoryReservation {
  /**
   * Notes that an incomplete message has received bytes. Between calls of this method the message counts as slow, or as
   * idle.
   */
  receive(bytes: number): void;
  /**
   * Changes the size of the reservation. Returns `false` if there is no room now: the connection must stop reading
   * until `onRoom`.
   * @throws {RelayError} if too many reservations of the connection wait
   */
  grow(size: number): boolean;
  /** The message is complete, or was dropped. The reservation can be used again. */
  release(): void;
}

/** The reservation of messages that are in memory already. */
export const NO_RESERVATION: MemoryReservation = { receive() {}, grow: () => true, release() {} };

interface Reservation {
  readonly owner: ReservationOwner;
  readonly connection: Connection;
  bytes: number;
  /** Bytes since the last check, and the number of checks without any, and in all. */
  received: number;
  idleChecks: number;
  checks: number;
  /** Bytes that the connection had read at the last check. */
  bytesRead: number;
}

/** The reservations of one connection. */
interface Connection {
  bytes: number;
  waiting: number;
}

/**
 * Limits the memory of the messages that arrive in pieces, over all connections and for each. A reservation is about as
 * large as the received part, even if the message announces more.
 *
 * When the memory is full, connections have to wait until there is room. One of them may always continue, which
 * prevents a deadlock. A message without progress is ended. While others wait, the largest slow messages are ended too.
 */
export class ReceiveMemory {
  readonly #limits: ReceiveLimits;
  readonly #connections = new WeakMap<object, Connection>();
  #bytes = 0;
  /** The reservations of incomplete messages. */
  readonly #active = new Set<Reservation>();
  /** The reservation that may exceed the limits. */
  #exempt: Reservation | undefined;
  /** The reservations that wait, longest first. */
  readonly #waiting = new Set<Reservation>();
  #isNotifying = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #contendedChecks = 0;

  constructor(limits: Partial<ReceiveLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** The bytes of all reservations. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Creates a reservation for the messages of one call. @param connection distinguishes connections */
  reserve(connection: object, owner: ReservationOwner): MemoryReservation {
    const shared = getOrAdd(this.#connections, connection, () => ({ bytes: 0, waiting: 0 }));
    const counts = { bytes: 0, received: 0, idleChecks: 0, checks: 0, bytesRead: 0 };
    const reservation: Reservation = { owner, connection: shared, ...counts };
    return {
      receive: (bytes) => {
        reservation.received += bytes;
        this.#activate(reservation);
      },
      grow: (size) => this.#grow(reservation, size),
      release: () => this.#release(reservation),
    };
  }

  #grow(reservation: Reservation, size: number): boolean {
    this.#activate(reservation);
    const isOver = !this.#hasRoom(reservation, size);
    if (isOver && this.#exempt !== undefined && this.#exempt !== reservation) {
      this.#wait(reservation);
      return false;
    }
    if (isOver) this.#exempt = reservation;
    this.#goOn(reservation);
    this.#resize(reservation, size);
    return true;
  }

  #hasRoom({ bytes, connection }: Reservation, size: number): boolean {
    const { maxBytes, maxConnectionBytes, reserveBytes, smallBytes } = this.#limits;
    const total = this.#bytes - bytes + size;
    const isAlone = connection.bytes === bytes;
    if (isAlone && size <= smallBytes && total <= maxBytes + reserveBytes) return true;
    return total <= maxBytes && (isAlone || connection.bytes - bytes + size <= maxConnectionBytes);
  }

  #release(reservation: Reservation): void {
    this.#goOn(reservation);
    this.#active.delete(reservation);
    if (this.#exempt === reservation) this.#exempt = undefined;
    this.#resize(reservation, 0);
    [reservation.received, reservation.idleChecks, reservation.checks] = [0, 0, 0];
    this.#notify();
  }

  #resize(reservation: Reservation, size: number): void {
    this.#bytes += size - reservation.bytes;
    reservation.connection.bytes += size - reservation.bytes;
    reservation.bytes = size;
  }

  #wait(reservation: Reservation): void {
    if (this.#waiting.has(reservation)) return;
    if (reservation.connection.waiting >= MAX_WAITING)
      throw unavailableRelay("too many messages of the connection wait for memory of the relay");
    reservation.connection.waiting++;
    this.#waiting.add(reservation);
  }

  #goOn(reservation: Reservation): void {
    if (this.#waiting.delete(reservation)) reservation.connection.waiting--;
  }

  #activate(reservation: Reservation): void {
    this.#active.add(reservation);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
  }

  /** Ends the messages without progress. While others wait, also ends slow messages. */
  #check(): void {
    const slow: Reservation[] = [];
    for (const reservation of this.#active) {
      const bytesRead = reservation.owner.bytesRead?.() ?? 0;
      const received = Math.max(reservation.received, bytesRead - reservation.bytesRead);
      [reservation.received, reservation.bytesRead] = [0, bytesRead];
      reservation.checks++;
      if (received > 0 || this.#waiting.has(reservation)) reservation.idleChecks = 0;
      else if (++reservation.idleChecks >= IDLE_CHECKS)
        this.#expire(reservation, GRPC_STATUS.deadlineExceeded, `no part of a message came for ${IDLE_CHECKS} seconds`);
      if (reservation.checks >= CONTENDED_CHECKS && received < LEAST_BYTES && !this.#waiting.has(reservation))
        slow.push(reservation);
    }
    this.#contendedChecks = this.#waiting.size === 0 ? 0 : this.#contendedChecks + 1;
    if (this.#contendedChecks >= CONTENDED_CHECKS) this.#endSlow(slow);
    if (this.#active.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Ends slow messages, the largest first, until there is some room. Also ends the exempt message if it is slow,
   * because it keeps the others waiting.
   */
  #endSlow(slow: Reservation[]): void {
    const enough = this.#limits.maxBytes * 0.75;
    const reason = "the message arrives too slowly, and the relay needs its memory for others";
    for (const reservation of slow.sort((a, b) => b.bytes - a.bytes))
      if (this.#active.has(reservation) && (this.#bytes > enough || reservation === this.#exempt))
        this.#expire(reservation, GRPC_STATUS.unavailable, reason);
  }

  #expire(reservation: Reservation, status: number, reason: string): void {
    reservation.owner.onExpired(new RelayError(status, reason));
    this.#release(reservation);
  }

  /** Lets the reservations that wait try again, but not within the call that has released memory. */
  #notify(): void {
    if (this.#isNotifying || this.#waiting.size === 0) return;
    this.#isNotifying = true;
    setImmediate(() => {
      this.#isNotifying = false;
      for (const reservation of new Set(this.#waiting)) reservation.owner.onRoom();
    });
  }
}
