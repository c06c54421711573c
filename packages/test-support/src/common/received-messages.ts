import { readChunks } from "./read-chunks.ts";
import { RrdWriter } from "@rerun-ts/core/encode";
import { concat } from "./recordings.ts";

/** A message of a `LogMsg`. */
export interface Received {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly payload: Uint8Array<ArrayBuffer>;
}

const KINDS = { 1: "storeInfo", 2: "chunk", 3: "activation" } as const;

/** Reads the messages of the body of a `WriteMessages` call. @throws if it is not framed correctly */
export function readFrames(body: Uint8Array): Received[] {
  const found: Received[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at < body.length;) {
    const end = at + 5 + view.getUint32(at + 1);
    const { bytes: logMsg } = readField(body.slice(at + 5, end));
    found.push(readRecord(logMsg));
    at = end;
  }
  return found;
}

/** Reads the message of a `LogMsg`. */
export function readRecord(logMsg: Uint8Array): Received {
  const { field, bytes } = readField(logMsg);
  return { kind: KINDS[field as 1 | 2 | 3], payload: bytes };
}

/** The messages as a stream without footer. */
export function receivedRrd(messages: readonly Received[]): Uint8Array {
  const rrd = new RrdWriter({ footer: false });
  const storeId = { kind: "recording", applicationId: "", recordingId: "" } as const;
  const frames = messages.flatMap(({ kind, payload }) => [
    rrd.frame({ kind, payload, storeId, isStatic: false }),
    payload,
  ]);
  return concat([rrd.header(), ...frames, rrd.finish()]);
}

/** Reads a protobuf message with a single field of bytes. */
function readField(message: Uint8Array): { readonly field: number; readonly bytes: Uint8Array<ArrayBuffer> } {
  let length = 0;
  let factor = 1;
  let at = 1;
  for (;;) {
    const byte = message[at++] as number;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 128) break;
  }
  if (at + length !== message.length) throw new Error("the length of the field differs from that of the message");
  return { field: (message[0] as number) >> 3, bytes: Uint8Array.from(message.subarray(at)) };
}

/** Whether some of these messages are chunks of an entity. */
export function haveEntity(messages: readonly Received[], entityPath: string): boolean {
  return readChunks(receivedRrd(messages)).some((chunk) => chunk.entityPath === entityPath);
}
