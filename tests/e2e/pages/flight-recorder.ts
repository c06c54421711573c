// Logs with a flight recorder that has a spool in the origin private file system, controlled by the test.
import * as rr from "@rerun-ts/web";

const SPOOL = "flight test";
const createWorker = (): Worker =>
  new Worker(new URL("../../../packages/web/dist/opfs-worker.js", import.meta.url), { type: "module" });

const box = new rr.FlightRecorder({ seconds: 1, after: 0.2, spool: SPOOL, createWorker });
const recording = new rr.RecordingStream("flight");
const dumps: string[] = [];

/** What a test needs of a recovered dump. */
async function toAnswer({ rrd, reason, endedAt }: rr.types.RecoveredDump): Promise<RecoveredAnswer> {
  return { bytes: Array.from(rrd), reason, ageMs: Date.now() - endedAt.getTime() };
}

interface RecoveredAnswer {
  readonly bytes: readonly number[];
  readonly reason: string;
  readonly ageMs: number;
}

const page = {
  dumps,
  /** Logs rows until the page ends, and calls `onFlushed` of the test with their number. */
  async logEndlessly() {
    await recording.setSinks([box]);
    recording.log("fixed", new rr.TextDocument("static"), { static: true });
    recording.log("pose", new rr.Transform3D({ translation: [1, 2, 3] }));
    for (let row = 0; ; row++) {
      recording.setTime("row", row);
      recording.log("rows", new rr.Scalars(row));
      if (row % 10 !== 9) continue;
      await recording.flush();
      void window.onFlushed(row + 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
  /** Catches the errors of the page, and keeps the reasons of dumps. */
  async capture() {
    await recording.setSinks([box]);
    box.on("dump", ({ reason }) => void dumps.push(reason));
    box.captureErrors({ cooldownSeconds: 0 });
  },
  download: () => box.download("moment.rrd", "a click").bytes,
  recover: async () => Promise.all((await rr.FlightRecorder.recover({ spool: SPOOL, maxAge: 600 })).map(toAnswer)),
  discard: () => rr.FlightRecorder.discard({ spool: SPOOL }),
  async discardOneByOne() {
    for (const dump of await rr.FlightRecorder.recover({ spool: SPOOL })) await dump.discard();
  },
  close: () => recording.close(),
};

declare global {
  interface Window {
    flight: typeof page;
    onFlushed(rows: number): Promise<void>;
  }
}

window.flight = page;
