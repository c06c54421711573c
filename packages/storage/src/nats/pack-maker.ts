import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { Pack } from "./pack.ts";
import { PacksInFlight, type PackInFlight } from "./packs-in-flight.ts";
import { printWith } from "../commits/run-prints.ts";

/** Settings of a {@link PackMaker}. */
export interface PackMakerSettings {
  readonly run: string;
  /** The message that opens a store which was opened before the first message. Default: packs have none. */
  readonly storeInfoOf?: ((storeId: StoreId) => EncodedMessage["payload"]) | undefined;
  /** Makes another run, if another program has used the numbers of this one. Default: nobody else has the run. */
  readonly newRun?: (() => string) | undefined;
}

/** Makes packs of messages: each is of one store, and has the message that opens it. */
export class PackMaker {
  run: string;
  readonly #settings: PackMakerSettings;
  #packs: PacksInFlight;
  #print = 0;
  /** The messages that open stores. */
  readonly #storeInfos = new Map<string, EncodedMessage["payload"]>();

  /** @param packs the packs to which new ones are added */
  constructor(settings: PackMakerSettings, packs: PacksInFlight) {
    this.run = settings.run;
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
    const storeInfo = this.#storeInfos.get(key) ?? this.#settings.storeInfoOf?.(storeId);
    const pack = this.#numbered({ storeId, storeInfo, messages }, taken.length);
    return this.#packs.add(pack, taken.length, bytes);
  }

  /** Puts packs into another run. Returns the packs in flight of that run. */
  restart(run: string, packs: readonly PackInFlight[]): PacksInFlight {
    this.run = run;
    this.#print = 0;
    this.#packs = new PacksInFlight(1);
    for (const { pack, messages, bytes } of packs) this.#packs.add(this.#numbered(pack, pack.count), messages, bytes);
    return this.#packs;
  }

  #numbered(pack: Pick<Pack, "storeId" | "storeInfo" | "messages">, count: number): Pack {
    const { run } = this;
    const number = this.#packs.next;
    if (this.#settings.newRun === undefined) return { ...pack, run, number, count, prints: undefined };
    const before = this.#print;
    this.#print = printWith(before, pack.messages);
    return { ...pack, run, number, count, prints: [before, this.#print] };
  }
}
