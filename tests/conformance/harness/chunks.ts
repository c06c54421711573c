import { RrdDecoder, type ChunkMessage, type RrdMessage } from "@rerun-ts/core/decode";
import { rerunRrd, runPython } from "./real-rerun.ts";

/** A chunk as Rerun's tools identify it. */
export interface ListedChunk {
  readonly id: string;
  readonly entity: string;
}

/** The chunks of a file, as `rerun rrd print` lists them. */
export async function printedChunks(path: string): Promise<ListedChunk[]> {
  const output = await rerunRrd("print", "-v", path);
  const lines = output.matchAll(/^Chunk\((?<id>chunk_\w+)\) with .*? - (?<entity>\/.*?) - /gm);
  return Array.from(lines, ({ groups }) => ({ id: groups?.id ?? "", entity: groups?.entity ?? "" }));
}

/** The chunks of messages, according to their Arrow data. Rejects if a message contradicts it. */
export async function decodedChunks(messages: readonly RrdMessage[]): Promise<ListedChunk[]> {
  const chunks = messages.filter((message) => message.kind === "chunk");
  const streams = chunks.map((chunk) => Buffer.from(chunk.readArrow()).toString("base64"));
  const described = await runPython<(ListedChunk & { isStatic: boolean })[]>("read_arrow.py", streams);
  return described.map(({ id, entity, isStatic }, index) => {
    const message = chunks[index] as ChunkMessage;
    if (chunkIdText(message) !== id) throw new Error(`the message of ${id} has the id ${chunkIdText(message)}`);
    if (message.isStatic !== isStatic) throw new Error(`the message of ${id} is wrong about \`isStatic\``);
    return { id, entity };
  });
}

/** The id of a chunk as a string: the time in upper case, the counter in lower case. */
export function chunkIdText({ chunkId }: ChunkMessage): string {
  const { timeHi = 0, timeLo = 0, incHi = 0, incLo = 0 } = chunkId ?? {};
  const hex = (high: number, low: number): string =>
    [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
  return `chunk_${hex(timeHi, timeLo).toUpperCase()}${hex(incHi, incLo)}`;
}

/** The messages that the decoder finds in a file that arrives in pieces. */
export function decodeInPieces(bytes: Uint8Array, size: number): RrdMessage[] {
  const decoder = new RrdDecoder();
  const messages: RrdMessage[] = [];
  for (let at = 0; at < bytes.byteLength; at += size) messages.push(...decoder.push(bytes.subarray(at, at + size)));
  return messages;
}

/** The position of a message in a file. */
export interface MessagePlace {
  readonly kind: number;
  readonly start: number;
  readonly payload: number;
  readonly end: number;
}

/** The positions of all messages of a complete file, according to their headers. */
export function messagePlaces(bytes: Uint8Array): MessagePlace[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: MessagePlace[] = [];
  for (let start = 12; start < bytes.byteLength && places.at(-1)?.kind !== 0;) {
    const payload = start + 16;
    const end = payload + Number(view.getBigUint64(start + 8, true));
    places.push({ kind: Number(view.getBigUint64(start, true)), start, payload, end });
    start = end;
  }
  return places;
}
