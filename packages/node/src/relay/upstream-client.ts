import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { checkAllowed, type AllowedStores } from "./http/access-grants.ts";
import type { Relay } from "./relay.ts";
import { RelayError } from "./relay-error.ts";
import { DecompressionBudget } from "./footer-limits.ts";
import { storeInfoOf } from "./store-info-of.ts";
import { UpstreamRecords } from "./upstream-record.ts";
import type { OpenClient, ForwardedClient, Upstream, UpstreamSequence } from "./upstream.ts";
import { Fifo } from "@rerun-ts/core/util";

/** The largest number of a record that can be stored. */
const MAX_NUMBER = 2 ** 47;

/** Forwards the records of clients to the viewers of a relay, and to an {@link Upstream}. */
export function forwardTo(upstream: Upstream, relay: Relay): OpenClient {
  const budget = new DecompressionBudget();
  return (sequence) => new UpstreamClient(relay, upstream, new UpstreamRecords(budget), sequence);
}

class UpstreamClient implements ForwardedClient {
  onProgress: () => void = () => {};
  readonly #relay: Relay;
  readonly #records: UpstreamRecords;
  readonly #sequence: UpstreamSequence;
  readonly #waiting = new Fifo<{ readonly number: number; readonly onStored: () => void }>();
  #forRoom: (() => void)[] = [];
  #next: number;

  /** @throws {RelayError} if the number of the first record is too large */
  constructor(
    relay: Relay,
    upstream: Upstream,
    records: UpstreamRecords,
    { session, first }: { readonly session?: Uint8Array; readonly first: number },
  ) {
    if (first > MAX_NUMBER)
      throw new RelayError(GRPC_STATUS.invalidArgument, `the number of a record is larger than ${MAX_NUMBER}`);
    this.#relay = relay;
    this.#records = records;
    this.#next = first;
    this.#sequence = upstream.open({ session, first, onProgress: () => this.#onProgress() });
  }

  get stored(): number {
    return this.#sequence.stored;
  }

  get isFull(): boolean {
    return this.#sequence.isFull;
  }

  accept(logMsg: Uint8Array, allows: AllowedStores, write: () => unknown): void {
    const message = this.#records.read(logMsg);
    const { storeId, kind } = message;
    checkAllowed(storeId, allows);
    // The client may have opened the store at another edge.
    if (kind !== "storeInfo" && !this.#relay.stores.isOpen(storeId)) {
      const isBlueprint = storeId.kind === "blueprint";
      this.#relay.writeEncoded({ ...storeInfoOf(storeId), isBlueprint });
    }
    write();
    this.#next++;
    this.#sequence.send(message);
  }

  requestCommit(): void {
    this.#sequence.requestCommit();
  }

  whenStored(onStored: () => void): void {
    if (this.stored >= this.#next) return onStored();
    this.#waiting.push({ number: this.#next, onStored });
    this.requestCommit();
  }

  whenRoom(onRoom: () => void): void {
    this.#forRoom.push(onRoom);
  }

  finish(): void {
    this.#sequence.finish();
  }

  #onProgress(): void {
    for (let first = this.#waiting.first; first !== undefined; first = this.#waiting.first) {
      if (first.number > this.stored) break;
      this.#waiting.shift();
      first.onStored();
    }
    if (!this.isFull) for (const onRoom of this.#forRoom.splice(0)) onRoom();
    this.onProgress();
  }
}
