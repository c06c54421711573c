import { argumentError, invalidArgument } from "../checks/invalid-value-error.ts";
import { isBlob, isBuffer, ownBytes } from "../checks/kind-of.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { MAX_PAGE_RECORDING_BYTES } from "./page-options.ts";

/** The contents of a `.rrd` file. */
export type RecordingContents = Blob | ArrayBufferView | ArrayBufferLike;

/** The first bytes of a recording. Without imports of the encoder, which would split the bundles of pages. */
const MAGIC = "RRF2";
const HEADER_BYTES = 12;

/** The contents of recordings as files. @throws {TypeError | RerunError} if one is not a recording, or all are too large */
export async function pageRecordings(
  recordings: readonly RecordingContents[],
  maxBytes: number | undefined,
): Promise<readonly Blob[]> {
  if (recordings.length === 0) throw invalidArgument("recordings", "at least one recording", recordings);
  const files = recordings.map(fileOf);
  checkPageBytes(
    files.reduce((sum, { size }) => sum + size, 0),
    maxBytes,
  );
  for (const file of files) {
    const start = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
    if (start.byteLength < HEADER_BYTES || String.fromCharCode(...start.subarray(0, MAGIC.length)) !== MAGIC)
      throw new RerunError(
        "INVALID_FORMAT",
        `\`recordings\` must be recordings in Rerun's format (.rrd), but one of ${file.size} bytes does not begin as such`,
        { argument: "recordings" },
      );
  }
  return files;
}

/** Checks the total size of recordings. @throws {TypeError} above the limit */
export function checkPageBytes(bytes: number, maxBytes: number = MAX_PAGE_RECORDING_BYTES): void {
  if (bytes <= maxBytes) return;
  throw argumentError(
    "maxBytes",
    `the recordings have ${bytes} bytes, but \`maxBytes\` is ${maxBytes}; browsers may fail to open larger pages: ` +
      "make the recordings smaller, for example with `rerun-ts rrd filter`, or pass a higher `maxBytes`",
  );
}

function fileOf(recording: RecordingContents): Blob {
  if (isBlob(recording)) return recording;
  if (isBuffer(recording) || ArrayBuffer.isView(recording))
    return new Blob([ownBytes(recording) as Uint8Array<ArrayBuffer>]);
  throw invalidArgument("recordings", "a RecordingStream, a Blob, or the bytes of a recording", recording);
}
