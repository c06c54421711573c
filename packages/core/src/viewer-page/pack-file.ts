import { toSevenBitText } from "./seven-bit-text.ts";

/** The compressed bytes in one script element, about 8 MB of text: pages unpack one after the other. */
export const BLOCK_BYTES: number = 7 * 1024 * 1024;

/** A file in a page. */
export interface PackedFile {
  /** The size of the file. */
  readonly bytes: number;
  /** The size of the file in the gzip format. */
  readonly packedBytes: number;
  /** The script elements that contain it. */
  readonly html: Blob;
}

/**
 * Compresses a file, and makes script elements of it that no browser runs.
 *
 * @param gzip the file in the gzip format, if it was compressed before
 */
export async function packFile(
  file: Blob,
  gzip: Blob | undefined,
  signal: AbortSignal | undefined,
): Promise<PackedFile> {
  const compressed = gzip?.stream() ?? file.stream().pipeThrough(new CompressionStream("gzip"));
  const html: BlobPart[] = [];
  const block = new Uint8Array(BLOCK_BYTES);
  let [filled, packedBytes] = [0, 0];
  const finishBlock = (): void => {
    html.push('<script type="text/plain">', toSevenBitText(block.subarray(0, filled)), "</script>\n");
    packedBytes += filled;
    filled = 0;
  };
  const reader = compressed.getReader();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.byteLength;) {
      const piece = value.subarray(at, at + BLOCK_BYTES - filled);
      block.set(piece, filled);
      filled += piece.byteLength;
      at += piece.byteLength;
      if (filled === BLOCK_BYTES) finishBlock();
    }
  }
  if (filled > 0) finishBlock();
  return { bytes: file.size, packedBytes, html: new Blob(html) };
}
