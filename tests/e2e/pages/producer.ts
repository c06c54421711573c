// Logs rows and clouds as the producers of the process tests do: in parts with presigned requests, or to an edge.
import { PartsSink, presignedStore, type ObjectToSign, type PresignedRequest } from "@rerun-ts/storage/web";
import * as rr from "@rerun-ts/web";

const ROUND_ROWS = 100;
/** Rounds between two clouds, each of more than 1 MB, and between two flushes. */
const CLOUD_ROUNDS = 8;
const FLUSH_ROUNDS = 10;
const CLOUD_POINTS = 100_000;

declare global {
  interface Window {
    signUpload: (part: ObjectToSign) => Promise<PresignedRequest>;
    producer: typeof producer;
  }
}

interface Job {
  readonly producer: number;
  /** The edge. Default: parts with presigned requests. */
  readonly edge?: { readonly url: string; readonly token: string };
  readonly rounds: number;
  readonly roundMs: number;
}

interface JobEnd {
  readonly producer: number;
  readonly rows: number;
  readonly clouds: number;
  readonly complete: boolean;
  readonly droppedRows: number;
}

/** Bytes that are not acknowledged. */
let pendingBytes = (): number => 0;
let isDone = false;

async function log({ producer: number, edge, rounds, roundMs }: Job): Promise<JobEnd> {
  const recording = new rr.RecordingStream("nats", { recordingId: "shared run" });
  recording.addEventListener("warning", () => {});
  pendingBytes = () => recording.stats().sinks[0]?.queuedBytes ?? 0;
  if (edge === undefined) {
    const store = presignedStore((part) => window.signUpload(part));
    await recording.setSinks([new PartsSink(store, { dataset: "fleet" })]);
  } else await recording.connectWebSocket(edge.url, { token: edge.token });
  recording.log(`note/${number}`, new rr.TextDocument("static"), { static: true });
  let [rows, clouds] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    for (const end = rows + ROUND_ROWS; rows < end; rows++) {
      recording.setTime("row", { sequence: rows });
      recording.log(`rows/${number}`, new rr.Scalars(rows * 3 + number));
    }
    if (round % CLOUD_ROUNDS === 0) {
      recording.setTime("row", { sequence: clouds++ });
      const positions = Float32Array.from({ length: CLOUD_POINTS * 3 }, () => Math.random());
      recording.log(`clouds/${number}`, new rr.Points3D(positions));
    }
    if (round % FLUSH_ROUNDS === 0) void recording.flush().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, roundMs));
  }
  let isComplete = false;
  while (!isComplete) isComplete = (await recording.flush({ ack: true }).catch(() => ({ complete: false }))).complete;
  isDone = true;
  const { complete, droppedRows } = await recording.close();
  return { producer: number, rows, clouds, complete, droppedRows };
}

const producer = {
  log,
  pending: (): { readonly bytes: number; readonly isDone: boolean } => ({ bytes: pendingBytes(), isDone }),
  /** The number of runs in the spool. */
  async runsLeft(): Promise<number> {
    const root = await navigator.storage.getDirectory();
    const spool = await (await root.getDirectoryHandle("rerun-ts-parts")).getDirectoryHandle("default");
    let count = 0;
    for await (const _ of spool.keys()) count++;
    return count;
  },
};
window.producer = producer;
