import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import type { ServerMessage } from "@rerun-ts/core/decode";
import { RrdWriter } from "@rerun-ts/core/encode";
import { readManifest, type DescribedChunk } from "@rerun-ts/core/rrd";

/** Yields a complete `.rrd` of messages. It has a footer unless a chunk has a type that a footer cannot describe. */
export async function* recordingFile(
  messages: AsyncIterable<ServerMessage>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RrdWriter();
  let hasFooter = true;
  yield writer.header();
  for await (const message of messages) {
    const described = message.kind === "chunk" ? describe(message.readArrow()) : undefined;
    if (message.kind === "chunk" && described === undefined) hasFooter = false;
    const { kind, storeId } = message;
    const payload = message.payload as Uint8Array<ArrayBuffer>;
    const isStatic = message.kind !== "chunk" || message.isStatic === true;
    const encoded: EncodedMessage = {
      kind,
      storeId,
      payload,
      isStatic,
      chunkId: described?.chunkId,
      manifest: described?.manifest,
    };
    yield writer.frame(encoded);
    yield payload;
  }
  if (hasFooter) yield writer.finish();
}

function describe(arrow: Uint8Array): DescribedChunk | undefined {
  try {
    return readManifest(arrow);
  } catch (error) {
    if (error instanceof RerunError && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}
