// Logs rows before, during and after a fault of this machine, and reports how many were logged and dropped:
// `local-faults.mjs <folder, on a small disk> <kind of sink> <fault> <store, or address of a server>`.
import fs, {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, fsStore } from "@rerun-ts/storage";
import * as rr from "@rerun-ts/node";
import { DirectoryLock } from "@rerun-ts/node/spool";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [folder, kind, fault, place] = process.argv.slice(2);
/** Enough for a segment of a spool in three phases. */
const PHASE_ROWS = kind === "spool" ? 400 : 100;
/** A little more than the time between two attempts of a sink. */
const RETRY_MS = 1100;
const disk = join(folder, "..");

/** The folder, and all folders in it. */
function folders() {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return [
    folder,
    ...entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name)),
  ];
}

/** Faults: each begins, and returns what makes it worse, and what ends it. */
const FAULTS = {
  full() {
    const balloon = join(disk, "balloon");
    const file = openSync(balloon, "w");
    for (const bytes of [65_536, 4096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(bytes));
      } catch {
        // There is no room for so many bytes.
      }
    }
    closeSync(file);
    return [() => {}, () => rmSync(balloon)];
  },
  descriptors() {
    const files = [];
    const take = () => {
      try {
        for (;;) files.push(openSync("/dev/null", "r"));
      } catch {
        // There are none left.
      }
    };
    take();
    return [take, () => files.forEach((file) => closeSync(file))];
  },
  removed() {
    rmSync(folder, { recursive: true });
    return [() => {}, () => {}];
  },
  "files removed"() {
    for (const path of folders())
      for (const name of readdirSync(path)) if (/[.]rrd([.]open)?$/.test(name)) rmSync(join(path, name));
    return [() => {}, () => {}];
  },
  "read-only"() {
    const changed = folders();
    for (const path of changed) chmodSync(path, 0o555);
    return [() => {}, () => changed.forEach((path) => chmodSync(path, 0o755))];
  },
  "replaced by a file"() {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "");
    return [() => {}, () => rmSync(folder)];
  },
  /** Another program has the locks of the folder, and of the folders in it. */
  taken() {
    const taken = [];
    for (const path of folders())
      for (const name of ["lock", "run.lock"]) {
        if (!existsSync(join(path, name))) continue;
        rmSync(join(path, name));
        taken.push(DirectoryLock.create(path, name));
      }
    return [() => {}, () => taken.forEach((lock) => lock.release())];
  },
  /** The disk fails, in writes and in synchronizations. */
  failing() {
    const original = { writevSync: fs.writevSync, writeSync: fs.writeSync, fdatasync: fs.fdatasync };
    const error = () => Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    fs.writevSync = (fd, pieces, position) => {
      if (position === null || position === undefined) return original.writevSync(fd, pieces, position);
      throw error();
    };
    fs.fdatasync = (_, done) => setImmediate(() => done(error()));
    syncBuiltinESMExports();
    return [
      () => {},
      () => {
        Object.assign(fs, original);
        syncBuiltinESMExports();
      },
    ];
  },
};

const recording = new rr.RecordingStream("faults", { recordingId: "faults", batcher: { flushNumRows: 10 } });
const warnings = [];
recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
recording.addEventListener("error", () => {});
const fsync = fault === "failing" ? "every-ack" : "never";
const options = { maxBytes: "20kB", maxSeconds: 0.2, fsync };
const SINKS = {
  saveParts: () => new rr.PartsFileSink(folder, options),
  PartsSink: () => new PartsSink(fsStore(place), { dataset: "fleet", spool: folder, ...options }),
  spool: () => rr.spool(new rr.GrpcSink(place, { thread: false }), { directory: folder, maxBytes: 1e6, fsync }),
  FileSink() {
    mkdirSync(folder);
    return new rr.FileSink(join(folder, "faults.rrd"), { fsync });
  },
};
await recording.setSinks([SINKS[kind]()]);
recording.log("note", new rr.TextDocument("static"), { static: true });
let row = 0;
const log = () => {
  logRows(recording, PHASE_ROWS, row);
  row += PHASE_ROWS;
};
/** The ranges of rows that are stored, because `flush` has said so. */
const stored = [];
const flush = async (first) => {
  const isStored = await recording.flush().then(
    ({ complete }) => complete,
    () => false,
  );
  if (isStored) stored.push([first, row]);
  return isStored;
};
log();
await flush(0);
const before = row;
const [worsen, end] = FAULTS[fault]();
recording.log("note", new rr.TextDocument("static during the fault"), { static: true });
// Parts end during the fault, by their size and by their age.
for (let round = 0; round < 4; round++) {
  const first = row;
  log();
  await flush(first);
  await sleep(300);
  worsen();
}
end();
// A sink goes on without a flush, too.
log();
await sleep(RETRY_MS);
const after = row;
log();
// The first flush reports the loss.
while (!(await flush(after))) await sleep(100);
const result = { before, after, end: row, stored, droppedRows: recording.stats().droppedRows, warnings };
if (kind === "spool") {
  // The test kills this program: the next one sends what is stored.
  report({ ...result, state: recording.state });
  setInterval(() => {}, 1000);
} else {
  await recording.flush({ ack: true });
  const { state } = recording;
  await recording.close();
  report({ ...result, state });
}
