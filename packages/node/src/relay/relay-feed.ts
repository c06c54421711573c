import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { RecordsMessages } from "@rerun-ts/core/recording";
import { decodeMessage, ManifestReader } from "@rerun-ts/core/rrd";
import { DecompressionBudget } from "./footer-limits.ts";
import { readLogMsg } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";

/**
 * Lets a flight recorder record the messages of a relay. A chunk that cannot be read is left out, with one warning.
 */
export class RelayFeed {
  readonly #recorder: RecordsMessages;
  readonly #onWarning: (message: string) => void;
  readonly #manifests = new ManifestReader();
  readonly #budget = new DecompressionBudget();
  #hasWarned = false;

  /** @param recorder a flight recorder */
  constructor(recorder: object, onWarning: (message: string) => void) {
    this.#recorder = recorder as RecordsMessages;
    this.#onWarning = onWarning;
  }

  add(message: RelayMessage): void {
    try {
      const encoded = this.#encode(message);
      if (encoded !== undefined) this.#recorder.record(encoded);
    } catch (error) {
      if (!this.#hasWarned) this.#onWarning(`some chunks are left out of dumps: ${messageOf(error)}`);
      this.#hasWarned = true;
    }
  }

  #encode({ kind, store, isStatic, memory, bodyStart, end }: RelayMessage): EncodedMessage | undefined {
    const outline = kind === "table" ? undefined : readLogMsg(memory, bodyStart, end);
    if (kind === "table" || store === undefined || outline === undefined) return undefined;
    // The memory belongs to the relay.
    const payload = Uint8Array.from(memory.subarray(outline.payloadStart, outline.payloadEnd));
    const common = { kind, storeId: store.id, payload };
    if (kind !== "chunk") return { ...common, isStatic: true };
    this.#budget.spend(payload.byteLength, outline.uncompressedBytes);
    const decoded = decodeMessage("chunk", payload);
    if (decoded.kind !== "chunk") return undefined;
    const { chunkId, manifest } = this.#manifests.read(decoded.readArrow());
    if (manifest.rows === 0) return undefined;
    return { ...common, isStatic: isStatic || manifest.timelines.length === 0, chunkId, manifest };
  }
}
