import { isSoak } from "@rerun-ts/test-support/node/environment";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { RrdDecoder } from "@rerun-ts/core/decode";
import { FileSink, RecordingStream, Scalars, type types } from "@rerun-ts/node";
import { Relay, RelayRecorder } from "@rerun-ts/node/relay";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { messageOf } from "@rerun-ts/test-support/node/relay-messages";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

// The relay stores messages without looking inside, and these have arbitrary bytes.
const folder = makeTemporaryFolder({ ignore: (path) => path.startsWith("The recorder of a relay") });
afterAll(() => folder.remove());

/** The states of the disk that are tried for each moment at which the power may fail. */
const STATES_PER_MOMENT = isSoak ? 200 : 3;

const pick = ({ openSync, writevSync, ftruncateSync, fsyncSync, fdatasyncSync, fdatasync }: typeof fs) => ({
  openSync,
  writevSync,
  ftruncateSync,
  fsyncSync,
  fdatasyncSync,
  fdatasync,
});

/** What happened to a file, in order. */
type Operation =
  | { readonly type: "create" }
  | { readonly type: "write"; readonly bytes: Buffer; readonly position: number }
  | { readonly type: "truncate"; readonly size: number }
  /** The disk has everything before the operation with the index `covered`. */
  | { readonly type: "synced"; readonly what: "file" | "folder"; readonly covered: number }
  /** The program was told that so many messages may be acknowledged. */
  | { readonly type: "acknowledged"; readonly messages: number };

/**
 * Records what a program does to a file, so that all states in which a loss of power may leave the disk can be tried:
 * what was synchronized is there, and of the rest any part in any order.
 */
class WriteLog {
  readonly operations: Operation[] = [];
  readonly #originals = pick(fs);
  #fd = -1;
  #folderFd = -1;

  constructor(path: string) {
    const { operations } = this;
    const originals = this.#originals;
    const synced = (what: "file" | "folder", covered: number): void =>
      void operations.push({ type: "synced", what, covered });
    Object.assign(fs, {
      openSync: (name: string, ...rest: [string | number]) => {
        const existed = fs.existsSync(path);
        const fd = originals.openSync(name, ...rest);
        if (name === path) this.#fd = fd;
        if (name === path && !existed) operations.push({ type: "create" });
        if (name === dirname(path)) this.#folderFd = fd;
        return fd;
      },
      writevSync: (fd: number, pieces: Uint8Array[], position: number) => {
        const written = originals.writevSync(fd, pieces, position);
        if (fd === this.#fd)
          operations.push({ type: "write", bytes: Buffer.concat(pieces).subarray(0, written), position });
        return written;
      },
      ftruncateSync: (fd: number, size: number) => {
        originals.ftruncateSync(fd, size);
        if (fd === this.#fd) operations.push({ type: "truncate", size });
      },
      fsyncSync: (fd: number) => {
        originals.fsyncSync(fd);
        if (fd === this.#folderFd) synced("folder", operations.length);
      },
      fdatasyncSync: (fd: number) => {
        originals.fdatasyncSync(fd);
        if (fd === this.#fd) synced("file", operations.length);
      },
      fdatasync: (fd: number, callback: (error: Error | null) => void) => {
        const covered = operations.length;
        originals.fdatasync(fd, (error) => {
          if (fd === this.#fd) synced("file", covered);
          callback(error);
        });
      },
    });
    syncBuiltinESMExports();
  }

  acknowledge(messages: number): void {
    this.operations.push({ type: "acknowledged", messages });
  }

  restore(): void {
    Object.assign(fs, this.#originals);
    syncBuiltinESMExports();
  }

  /** Finds a state of the disk in which acknowledged messages are missing; `undefined` if there is none. */
  findLoss(): string | undefined {
    const random = seededRandom(1);
    for (let moment = 1; moment <= this.operations.length; moment++) {
      const before = this.operations.slice(0, moment);
      const acknowledged = Math.max(0, ...before.map((one) => (one.type === "acknowledged" ? one.messages : 0)));
      for (let state = 0; state < STATES_PER_MOMENT; state++) {
        const found = messagesIn(diskAfter(before, (count) => (state === 0 ? 0 : random(count))));
        if (found < acknowledged) return `after ${moment} operations ${found} of ${acknowledged} acknowledged messages`;
      }
    }
    return undefined;
  }
}

/** What the disk may have after a loss of power. `choose(n)` chooses a number below n; 0 loses what can be lost. */
function diskAfter(operations: readonly Operation[], choose: (count: number) => number): Buffer {
  const coveredBy = (what: string): number =>
    Math.max(0, ...operations.map((one) => (one.type === "synced" && one.what === what ? one.covered : 0)));
  const [file, folders] = [coveredBy("file"), coveredBy("folder")];
  let disk: Buffer = Buffer.alloc(0);
  for (const [index, operation] of operations.entries()) {
    if (operation.type === "create" && index >= folders && choose(2) === 0) return Buffer.alloc(0);
    if (index >= file && choose(2) === 0) continue;
    if (operation.type === "truncate") disk = disk.subarray(0, operation.size);
    if (operation.type !== "write") continue;
    const { bytes, position } = operation;
    // A write that was not synchronized may be torn.
    const size = index >= file ? choose(bytes.length + 1) : bytes.length;
    const grown = Buffer.alloc(Math.max(disk.length, position + size));
    disk.copy(grown);
    bytes.copy(grown, position, 0, size);
    disk = grown;
  }
  return disk;
}

/** The number of complete messages before the first damage. */
function messagesIn(disk: Buffer): number {
  let count = 0;
  try {
    for (const { kind } of new RrdDecoder().push(disk)) if (kind !== "end") count++;
  } catch {
    // What follows the damage is lost.
  }
  return count;
}

let current: WriteLog | undefined;
afterEach(() => current?.restore());

/** Lets FileSink and the recorder of a relay write and acknowledge messages with a policy. */
const writers: Readonly<Record<string, (path: string, fsync: types.FsyncPolicy, log: WriteLog) => Promise<void>>> = {
  async FileSink(path, fsync, log) {
    let messages = 0;
    const sink = new FileSink(path, { fsync });
    const send = sink.send.bind(sink);
    sink.send = (message) => {
      messages++;
      send(message);
    };
    const recording = new RecordingStream("power");
    await recording.setSink(sink);
    for (let row = 0; row < 20; row++) {
      recording.log("row", new Scalars(row));
      await recording.flush();
      log.acknowledge(messages);
    }
    await recording.close();
    if (fsync !== "never") log.acknowledge(messages);
  },
  async "The recorder of a relay"(path, fsync, log) {
    const relay = new Relay({ memoryLimit: 2 ** 20, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    const recorder = new RelayRecorder(path, { fsync, onWarning: () => {} });
    recorder.start();
    relay.record(recorder);
    for (let row = 1; row <= 20; row++) {
      const { payload } = messageOf(`a${row}`, 100);
      relay.writeEncoded({ kind: "chunk", isStatic: false, isBlueprint: false, payload });
      await new Promise<void>((resolve, reject) =>
        relay.whenStored(0, (error) => (error === undefined ? resolve() : reject(error))),
      );
      log.acknowledge(row);
    }
    recorder.close();
  },
};

describe.for(Object.entries(writers))("%s", ([name, write]) => {
  async function lossWith(fsync: types.FsyncPolicy, isNew: boolean): Promise<string | undefined> {
    const path = join(folder.path, `${name} ${fsync} ${isNew}.rrd`);
    if (!isNew) fs.writeFileSync(path, Buffer.alloc(100_000, "old"));
    const log = new WriteLog(path);
    current = log;
    const { operations } = log;
    await write(path, fsync, log);
    expect(operations.filter(({ type }) => type === "acknowledged").length).toBeGreaterThanOrEqual(20);
    return log.findLoss();
  }

  it.each([true, false])(
    "loses nothing acknowledged in a loss of power with `every-ack` (new file: %s)",
    async (isNew) => {
      expect(await lossWith("every-ack", isNew)).toBe(undefined);
    },
  );

  // Otherwise the test would prove nothing.
  it("loses acknowledged messages in a loss of power with `never`, as documented", async () => {
    expect(await lossWith("never", true)).toMatch(/acknowledged messages/);
  });
});
