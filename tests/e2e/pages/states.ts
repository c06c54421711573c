// Logs to a sink while the test changes the state of the page.
import * as rr from "@rerun-ts/web";

/** What the test asks for. */
export interface StateRequest {
  readonly kind: "memory" | "opfs" | "spool" | "grpc" | "websocket";
  readonly id: string;
  readonly port: number;
  /** The program of the worker, in place of the right one. */
  readonly worker?: string | undefined;
}

let rec: rr.RecordingStream;
let memory: rr.MemorySink | undefined;
let row = 0;
const problems: string[] = [];

function createWorker(program: string): () => Worker {
  return () => new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
}

async function base64(blob: Blob): Promise<string> {
  const reader = new FileReader();
  reader.readAsDataURL(blob);
  await new Promise((resolve) => reader.addEventListener("load", resolve, { once: true }));
  return (reader.result as string).split(",")[1] as string;
}

const page = {
  problems,
  /** Sets the sink. Returns the reason if that fails. */
  async open({ kind, id, port, worker }: StateRequest) {
    const options = { recordingId: id, sendProperties: false, batcher: { flushNumRows: 0 }, onError: () => {} };
    rec = new rr.RecordingStream("states", options);
    rec.addEventListener("warning", ({ warning }) => problems.push(warning.message));
    const custom = worker === undefined ? {} : { createWorker: createWorker(worker) };
    try {
      if (kind === "memory") await rec.setSinks([(memory = new rr.MemorySink())]);
      if (kind === "opfs") await rec.saveToOpfs(id, { persist: true, ...custom });
      if (kind === "spool")
        await rec.setSink(rr.spool(new rr.WebSocketSink(`ws://127.0.0.1:${port}/ws`), { name: id, ...custom }));
      if (kind === "grpc") await rec.connectGrpc(`rerun+http://127.0.0.1:${port}/proxy`);
      if (kind === "websocket") await rec.connectWebSocket(`ws://127.0.0.1:${port}/ws`);
      return undefined;
    } catch (error) {
      return { code: (error as rr.RerunError).code, message: (error as Error).message };
    }
  },
  log(rows: number) {
    for (const end = row + rows; row < end; row++) rec.at({ row }).log("row", new rr.Scalars(row));
  },
  flush: (timeoutMs: number) => rec.flush({ timeoutMs }).then(({ complete }) => complete),
  /** Ends the recording, after its servers have confirmed. */
  async close() {
    await rec.flush({ timeoutMs: 10_000, ack: true }).catch(() => {});
    const { complete, droppedRows } = await rec.close({ timeoutMs: 10_000 });
    return { complete, droppedRows, rows: row };
  },
  /** What was stored in the page. */
  async read(kind: StateRequest["kind"], id: string) {
    if (kind === "memory") return base64(new Blob([(memory as rr.MemorySink).toBytes()]));
    return base64(await (await rr.opfs.openRecording(id)).file());
  },
  /** What a recording without a sink still holds. */
  held: () => base64(new Blob([rec.memoryRecording().drainAsBytes()])),
};

declare global {
  interface Window {
    states: typeof page;
  }
}
window.states = page;
