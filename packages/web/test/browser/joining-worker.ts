// A worker that joins the recording of a page, logs numbered rows and says when the page has them.
import { Scalars, joinRecording } from "@rerun-ts/web";

/** What a test posts. */
export interface JoinRequest {
  readonly port: MessagePort;
  readonly name: string;
  readonly rows: number;
}

addEventListener("message", ({ data }: MessageEvent<JoinRequest>) => void join(data));

async function join({ port, name, rows }: JoinRequest): Promise<void> {
  const rec = await joinRecording(port);
  for (let row = 0; row < rows; row++) {
    rec.setTime("row", row);
    rec.log(name, new Scalars(row));
    // In several chunks, between which the other threads log.
    if (row % 100 === 99) await rec.flush();
  }
  await rec.close();
  postMessage("done");
}
