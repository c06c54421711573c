// A module worker with a separate recording. It has the same id as the page's, so a viewer shows both as one.
import * as rr from "@rerun-ts/web";

/** A message from the page to the worker. */
export type Order = { recordingId: string; url: string | undefined } | "stop";
/** A message from the worker to the page: the number of a step, which both use as a time. */
export type Report = number | "stopped";

const SIZE = 32;
const STEP_MS = 50;

let rec: rr.RecordingStream | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
let step = 0;

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data === "stop") void stop();
  else start(data);
});

function start({ recordingId, url }: Exclude<Order, "stop">): void {
  rec = new rr.RecordingStream("rerun_ts_worker", { recordingId });
  void rec.connectGrpc(url);
  timer = setInterval(logWaves, STEP_MS);
}

/** Logs two interfering waves as a field of points. */
function logWaves(): void {
  const positions = new Float32Array(SIZE * SIZE * 3);
  for (let i = 0; i < SIZE * SIZE; i++) {
    const [x, y] = [(i % SIZE) - SIZE / 2, Math.floor(i / SIZE) - SIZE / 2];
    const height =
      Math.sin(Math.hypot(x - 8, y) * 0.7 - step * 0.3) + Math.sin(Math.hypot(x + 8, y) * 0.7 - step * 0.3);
    positions.set([x, y, height], i * 3);
  }
  const colors = Array.from(
    { length: SIZE * SIZE },
    (_, i) => `hsl(${200 + (positions[i * 3 + 2] ?? 0) * 60}, 90%, 55%)`,
  );
  send(step);
  rec?.setTime("step", step++);
  rec?.setTime("time", new Date());
  rec?.log("waves", new rr.Points3D(positions, { colors, radii: 0.3 }));
}

/** Closes the recording. Workers are not notified when their page closes, so the page asks for it before. */
async function stop(): Promise<void> {
  clearInterval(timer);
  await rec?.close();
  send("stopped");
}

function send(report: Report): void {
  postMessage(report);
}
