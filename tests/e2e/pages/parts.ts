// Logs recordings in parts to stores: presigned requests, which the test signs, and the storage of a catalog.
import { connectCatalog } from "@rerun-ts/catalog";
import {
  PartsSink,
  catalogStore,
  openParts,
  presignedStore,
  s3Store,
  type ObjectToSign,
  type PartStore,
  type PresignedRequest,
  type S3Credentials,
} from "@rerun-ts/storage/web";
import * as rr from "@rerun-ts/web";

const ROUND_ROWS = 20;

declare global {
  interface Window {
    signPart: (part: ObjectToSign) => Promise<PresignedRequest>;
    parts: typeof parts;
  }
}

/** Logs rows from `first`, `rounds` times 20, and flushes after each round. Returns the warnings so far. */
async function logRows(sink: PartsSink, first: number, rounds: number, ack: boolean): Promise<string[]> {
  const rec = new rr.RecordingStream("page", { recordingId: "a page" });
  const warnings: string[] = [];
  rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  await rec.setSinks([sink]);
  rec.log("note", new rr.TextDocument("static"), { static: true });
  for (let row = first; row < first + rounds * ROUND_ROWS; row++) {
    rec.setTime("row", row);
    rec.log("rows", new rr.Scalars(row));
    if ((row + 1) % ROUND_ROWS === 0) await rec.flush({ ack });
  }
  if (ack) await rec.close();
  return warnings;
}

/** The keys in a store that is away until the test lets it come back. */
const kept: string[] = [];
let isAway = true;
const absent: PartStore = {
  url: "absent:",
  create: async (key) => {
    if (isAway) throw new rr.RerunError("CONNECTION", "there is no network");
    return kept.push(key) > 0;
  },
};
let recording: rr.RecordingStream | undefined;

const parts = {
  /** Begins to log to the store that is away. */
  startWithoutStore: async (): Promise<void> => {
    recording = new rr.RecordingStream("page", { onWarning: () => {}, onError: () => {} });
    await recording.setSinks([new PartsSink(absent, { dataset: "fleet", spool: "faults" })]);
  },
  /** Logs a part with so many random bytes, and returns what `flush` says. */
  logPart: async (bytes: number): Promise<string> => {
    const buffer = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(buffer.subarray(at, at + 65_536));
    recording?.log("bytes", new rr.Image({ data: buffer, width: bytes, height: 1 }));
    const flushed = await recording
      ?.flush()
      .catch(({ code, message }: rr.RerunError) => ({ complete: `${code} ${message}` }));
    return String(flushed?.complete);
  },
  /** Lets the store come back, and returns the numbers of its parts and of dropped rows. */
  sendAll: async (): Promise<[parts: number, droppedRows: number]> => {
    isAway = false;
    const { droppedRows = NaN } = (await recording?.close()) ?? {};
    return [kept.length, droppedRows];
  },
  presigned: (first: number, rounds: number, ack: boolean): Promise<string[]> =>
    logRows(
      new PartsSink(
        presignedStore((part) => window.signPart(part)),
        { dataset: "fleet" },
      ),
      first,
      rounds,
      ack,
    ),
  /** Reads the rows of a recording in a bucket. */
  async read(endpoint: string, credentials: S3Credentials, recordingId: string): Promise<number[]> {
    const store = s3Store("s3://bucket/reading", { endpoint, credentials });
    await using file = await openParts(store, { dataset: "fleet", recordingId });
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    return Array.from(table.getChild("row") ?? [], Number);
  },
  /** The number of runs in the spool. */
  runsLeft: async (): Promise<number> => {
    const root = await navigator.storage.getDirectory();
    const spool = await (await root.getDirectoryHandle("rerun-ts-parts")).getDirectoryHandle("default");
    let count = 0;
    for await (const _ of spool.keys()) count++;
    return count;
  },
  catalog: async (url: string): Promise<string[]> => {
    const catalog = await connectCatalog(url);
    return logRows(new PartsSink(catalogStore(catalog, { dataset: "fleet" }), { dataset: "fleet" }), 0, 3, true);
  },
};
window.parts = parts;
