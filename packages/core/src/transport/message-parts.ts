import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { needsOrder } from "./order.ts";

/** A message in its form for `postMessage` to a sending thread: the parts that this thread needs, and the bytes. */
export type MessageParts<Memory extends ArrayBufferLike = ArrayBuffer> = Pick<
  EncodedMessage,
  "kind" | "storeId" | "isStatic" | "chunkId"
> & {
  readonly bytes: Memory;
  /** The position of the message in `bytes`. */
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  readonly entityPath: string;
  readonly components: readonly string[];
};

/** The parts of a message for `postMessage`. Its buffer may be transferred. */
export function toMessageParts(message: EncodedMessage): MessageParts {
  const { kind, storeId, isStatic, chunkId, manifest, payload } = message;
  return {
    kind,
    storeId,
    isStatic,
    chunkId,
    bytes: payload.buffer,
    offset: payload.byteOffset,
    length: payload.byteLength,
    rows: manifest?.rows ?? 0,
    entityPath: manifest?.entityPath ?? "",
    // The components are the key for replacing retained data, and decide whether order matters.
    components: needsOrder(message) ? (manifest?.components.map(({ descriptor }) => descriptor.component) ?? []) : [],
  };
}

/** The message from its posted parts. Its manifest has only the fields that a delivery needs. */
export function fromMessageParts({
  bytes,
  offset,
  length,
  rows,
  entityPath,
  components,
  ...known
}: MessageParts<ArrayBufferLike>): EncodedMessage {
  const manifest = { rows, entityPath, components: components.map((component) => ({ descriptor: { component } })) };
  return { ...known, payload: new Uint8Array(bytes, offset, length), manifest } as unknown as EncodedMessage;
}
