import type { EncodedMessage } from "@rerun-ts/core";
import { yieldingRerunErrors } from "@rerun-ts/core/checks";
import { RrdWriter } from "@rerun-ts/core/encode";
import { storeKey } from "@rerun-ts/core/rrd";
import type { ToolMessage } from "./tool-message.ts";
import { encodedMessage } from "./tool-messages.ts";

const UNDESCRIBED = "it cannot describe the Arrow type of a chunk";

/**
 * Writes the messages of a tool as one complete `.rrd`, with one store info for each store, and without duplicate
 * chunks. The footer is omitted, with a warning, if it cannot describe the Arrow type of a chunk.
 */
export function writeRrd(messages: AsyncIterable<ToolMessage>): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(write(messages));
}

async function* write(messages: AsyncIterable<ToolMessage>): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RrdWriter({ maxFooterBytes: Infinity });
  const seen = new Set<string>();
  yield writer.header();
  for await (const message of messages) {
    const key = keyOf(message);
    if (key !== undefined && seen.has(key)) continue;
    if (key !== undefined) seen.add(key);
    if (message.chunk !== undefined && message.described === undefined) writer.dropFooter(UNDESCRIBED);
    const encoded: EncodedMessage = encodedMessage(message);
    yield writer.frame(encoded);
    yield encoded.payload;
  }
  yield writer.finish();
}

/** Messages that may occur once: a store info, and a chunk by its id. */
function keyOf({ message, storeId, chunk }: ToolMessage): string | undefined {
  if (message.kind === "activation") return undefined;
  return `${storeKey(storeId)}\0${chunk?.id ?? ""}`;
}
