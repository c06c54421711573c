import { ManifestReader, decodeMessage, footerEntry } from "@rerun-ts/core/rrd";
import { retentionKey } from "@rerun-ts/core/transport";
import { DecompressionBudget } from "./footer-limits.ts";
import { readLogMsg } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";

/**
 * Tells which static data of a relay replaces earlier data: that of the same entity with the same components. Each
 * message is decoded once, and only when memory is needed.
 */
export class StaticKeys {
  readonly #keys = new WeakMap<RelayMessage, string>();
  readonly #manifests = new ManifestReader();
  readonly #budget = new DecompressionBudget();

  /** The newest message of each key, and all messages that cannot be read. */
  newestOf(messages: Iterable<RelayMessage>): Set<RelayMessage> {
    const newest = new Map<string | RelayMessage, RelayMessage>();
    for (const message of messages) newest.set(this.#keyOf(message) ?? message, message);
    return new Set(newest.values());
  }

  #keyOf(message: RelayMessage): string | undefined {
    const known = this.#keys.get(message);
    if (known !== undefined) return known === "" ? undefined : known;
    const key = this.#read(message);
    this.#keys.set(message, key ?? "");
    return key;
  }

  #read({ kind, memory, bodyStart, end }: RelayMessage): string | undefined {
    if (kind !== "chunk") return undefined;
    try {
      const outline = readLogMsg(memory, bodyStart, end);
      if (outline === undefined) return undefined;
      const { payloadStart, payloadEnd, uncompressedBytes } = outline;
      this.#budget.spend(payloadEnd - payloadStart, uncompressedBytes);
      const decoded = decodeMessage(kind, memory.subarray(payloadStart, payloadEnd));
      return decoded.kind === "end" ? undefined : retentionKey(footerEntry(decoded, this.#manifests));
    } catch {
      return undefined;
    }
  }
}
