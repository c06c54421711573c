// Queries recordings that are still being logged, controlled by the test.
import { openLive, type LiveRecording } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/web";
import { readMessages } from "@rerun-ts/web/read";

const HEIGHT = "/robot:Scalars:scalars";
let live: LiveRecording | undefined;
let recording: rr.RecordingStream | undefined;

const page = {
  /** Opens the recording that a server has and receives. */
  async openServer(url: string) {
    live = await openLive(readMessages(url));
    return live.info.recordingId;
  },
  /** Starts a recording in the origin private file system, and opens it. */
  async openOpfs() {
    recording = new rr.RecordingStream("opfs");
    await recording.saveToOpfs("live", { ifExists: "replace" });
    await recording.flush();
    live = await openLive((await rr.opfs.openRecording("live")).messages({ follow: true }));
  },
  async log(from: number, to: number) {
    for (let frame = from; frame < to; frame++) {
      recording?.setTime("frame", frame);
      recording?.log("robot", new rr.Scalars(frame / 2));
    }
    await recording?.flush();
  },
  /** Subscribes until the table has that many rows, and returns their values. */
  async heights(rows: number) {
    const query = (live as LiveRecording).query({ index: "frame", columns: [HEIGHT] });
    for await (const table of query.subscribe({ intervalMs: 10 })) {
      if (table.numRows < rows) continue;
      return [...(table.getChild(HEIGHT) ?? [])].map((cell: { get(at: number): number }) => cell.get(0));
    }
    return "it ended";
  },
  close() {
    live?.close();
  },
};

declare global {
  interface Window {
    queries: typeof page;
  }
}
window.queries = page;
