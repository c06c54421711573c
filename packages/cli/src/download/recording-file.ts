import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import type { ServerMessage } from "@rerun-ts/core/decode";
import { RrdWriter } from "@rerun-ts/core/encode";
import { ManifestReader, footerEntry } from "@rerun-ts/core/rrd";

/** Yields a complete `.rrd` of messages. It has a footer unless a chunk has a type that a footer cannot describe. */
export async function* recordingFile(
  messages: AsyncIterable<ServerMessage>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RrdWriter();
  const manifests = new ManifestReader();
  yield writer.header();
  for await (const message of messages) {
    const entry = entryOf(message, manifests);
    if (entry === undefined) writer.dropFooter("it cannot describe the Arrow type of a chunk");
    const { kind, storeId } = message;
    const payload = message.payload as Uint8Array<ArrayBuffer>;
    yield writer.frame(entry ?? { kind, storeId, payload, isStatic: false });
    yield payload;
  }
  yield writer.finish();
}

function entryOf(message: ServerMessage, manifests: ManifestReader): EncodedMessage | undefined {
  try {
    return footerEntry(message, manifests);
  } catch (error) {
    if (error instanceof RerunError && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}
