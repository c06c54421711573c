import { concatBytes } from "@rerun-ts/core/util";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GRAY = 0;

/**
 * A PNG of one channel. Source: ISO/IEC 15948 (PNG), compressed by the platform's `CompressionStream`.
 *
 * @param values row by row from the top left, 8 or 16 bits each
 */
export async function encodeGrayPng(
  values: Uint8Array | Uint16Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const depth = values.BYTES_PER_ELEMENT;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth * 8);
  header.setUint8(9, GRAY);
  const rows = new DataView(new ArrayBuffer(height * (1 + width * depth)));
  for (let y = 0; y < height; y++) {
    // The first byte of a row is its filter: none.
    const start = y * (1 + width * depth) + 1;
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x] as number;
      if (depth === 1) rows.setUint8(start + x, value);
      else rows.setUint16(start + x * 2, value);
    }
  }
  const parts = [
    Uint8Array.from(SIGNATURE),
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    pngChunk("IDAT", await deflate(new Uint8Array(rows.buffer))),
    pngChunk("IEND", new Uint8Array(0)),
  ];
  return concatBytes(parts);
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.byteLength);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.byteLength);
  for (let index = 0; index < 4; index++) chunk[4 + index] = type.charCodeAt(index);
  chunk.set(data, 8);
  view.setUint32(8 + data.byteLength, crc32(chunk.subarray(4, 8 + data.byteLength)));
  return chunk;
}

/** Source: ISO/IEC 15948, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
