import { Fifo } from "../collections/fifo.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";

interface RowCount {
  rows: number;
  bytes: number;
}

/** Rows of one second, by store. */
interface Second {
  readonly at: number;
  readonly stores: Map<string, RowCount>;
}

const SECOND_MS = 1000;

/** The number of rows that had to leave the window before their time. */
export class EarlyRows {
  readonly #seconds = new Fifo<Second>();

  /** @param at the arrival of the message */
  add({ storeId, manifest, payload }: EncodedMessage, at: number): void {
    let last = this.#seconds.last;
    if (last === undefined || at - last.at >= SECOND_MS) this.#seconds.push((last = { at, stores: new Map() }));
    const count = getOrAdd(last.stores, storeKey(storeId), () => ({ rows: 0, bytes: 0 }));
    count.rows += manifest?.rows ?? 0;
    count.bytes += payload.byteLength;
  }

  /** Forgets the rows that would have left the window by now. */
  expire(before: number): void {
    while ((this.#seconds.first?.at ?? Infinity) < before) this.#seconds.shift();
  }

  /** The rows of a store. */
  of(store: string): RowCount {
    const sum: RowCount = { rows: 0, bytes: 0 };
    for (const { stores } of this.#seconds.items) {
      sum.rows += stores.get(store)?.rows ?? 0;
      sum.bytes += stores.get(store)?.bytes ?? 0;
    }
    return sum;
  }
}
