import type { EncodedMessage } from "@rerun-ts/core";

/** Options of a chunk for tests of queues. */
export interface ChunkOptions {
  /** The size of its payload. Default: 1. */
  readonly bytes?: number;
  readonly entityPath?: string;
  readonly components?: readonly string[];
  readonly isStatic?: boolean;
  /** Default: 1. */
  readonly rows?: number;
  /** The blueprint that the message belongs to; without this option the message belongs to the recording. */
  readonly blueprint?: string;
}

let count = 0;

/** Creates the message of a chunk, without anything that could be decoded. */
export function chunkMessage({
  bytes = 1,
  entityPath = "/entity",
  components = ["Numbers:values"],
  isStatic = false,
  rows = 1,
  blueprint,
}: ChunkOptions = {}): EncodedMessage {
  return {
    kind: "chunk",
    storeId: storeId(blueprint),
    payload: new Uint8Array(bytes),
    isStatic,
    chunkId: { timeHi: 1, timeLo: 2, incHi: 3, incLo: count++ },
    manifest: {
      entityPath,
      rows,
      uncompressedSize: bytes,
      timelines: [],
      ranges: [],
      components: components.map((component) => ({
        descriptor: { component },
        arrow: { type: "Float64" },
        rows,
        isEmpty: false,
        ranges: [],
      })),
    },
  };
}

/** Creates the message that opens the store of the recording, or of a blueprint. */
export function storeInfoMessage(bytes = 1, blueprint?: string): EncodedMessage {
  return { kind: "storeInfo", storeId: storeId(blueprint), payload: new Uint8Array(bytes), isStatic: true };
}

/** Creates the message that activates a blueprint. */
export function activationMessage(blueprint: string, bytes = 1): EncodedMessage {
  return { kind: "activation", storeId: storeId(blueprint), payload: new Uint8Array(bytes), isStatic: true };
}

/** The bytes of all payloads. */
export function bytesIn(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}

function storeId(blueprint: string | undefined): EncodedMessage["storeId"] {
  if (blueprint === undefined) return { kind: "recording", applicationId: "tests", recordingId: "recording" };
  return { kind: "blueprint", applicationId: "tests", recordingId: blueprint };
}
