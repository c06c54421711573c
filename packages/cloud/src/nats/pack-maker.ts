import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { PackInFlight, PacksInFlight } from "./packs-in-flight.ts";

/** Settings of a {@link PackMaker}. */
export interface PackMakerSettings {
  readonly run: string;
  /** The message that opens a store which was opened before the first message. Default: packs have none. */
  readonly storeInfoOf?: ((storeId: StoreId) => EncodedMessage["payload"]) | undefined;
}

/** Makes packs of messages: each is of one store, and has the message that opens it. */
export class PackMaker {
  readonly #settings: PackMakerSettings;
  readonly #packs: PacksInFlight;
  /** The messages that open stores. */
  readonly #storeInfos = new Map<string, EncodedMessage["payload"]>();

  /** @param packs the packs to which new ones are added */
  constructor(settings: PackMakerSettings, packs: PacksInFlight) {
    this.#settings = settings;
    this.#packs = packs;
  }

  /** Makes one pack, or several if the messages are of different stores, or open one in between. */
  make(taken: readonly EncodedMessage[]): PackInFlight[] {
    const packs: PackInFlight[] = [];
    for (let at = 0; at < taken.length;) {
      const { storeId } = taken[at] as EncodedMessage;
      const key = storeKey(storeId);
      let end = at + 1;
      for (; end < taken.length; end++) {
        const { kind, storeId: other } = taken[end] as EncodedMessage;
        const isFirst = kind !== "storeInfo" || taken[end - 1]?.kind === "storeInfo";
        if (!isFirst || storeKey(other) !== key) break;
      }
      packs.push(this.#makeOne(storeId, key, taken.slice(at, end)));
      at = end;
    }
    return packs;
  }

  #makeOne(storeId: StoreId, key: string, taken: readonly EncodedMessage[]): PackInFlight {
    let bytes = 0;
    for (const { kind, payload } of taken) {
      bytes += payload.byteLength;
      if (kind === "storeInfo") this.#storeInfos.set(key, payload);
    }
    const messages = taken.filter(({ kind }) => kind !== "storeInfo");
    const { run, storeInfoOf } = this.#settings;
    const [number, count] = [this.#packs.next, taken.length];
    const storeInfo = this.#storeInfos.get(key) ?? storeInfoOf?.(storeId);
    const pack = { run, number, count, storeId, storeInfo, messages };
    return this.#packs.add(pack, taken.length, bytes);
  }
}
