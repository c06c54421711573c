import fs, { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeWorkFolder } from "../../src/compact/work-folder.ts";
import { RunFolder } from "../../src/spool/run-folder.ts";
import { fsStore } from "../../src/store/fs-store.ts";

/** Lets a function of `node:fs` fail as on a full disk, while `work` runs. */
async function whileFailing(name: "linkSync" | "fsyncSync", work: () => unknown): Promise<void> {
  const original = fs[name];
  Object.assign(fs, {
    [name]: () => {
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC" });
    },
  });
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
}

describe("a folder that cannot be locked on a full disk", () => {
  it.for(["linkSync", "fsyncSync"] as const)("is not left behind by a run (%s)", async (name) => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const run = "0123456789abcdef0123456789abcdef";
    const create = (): RunFolder =>
      RunFolder.create(join(folder.path, run), { dataset: "fleet", producer: "robot", run });
    await whileFailing(name, () => expect(create).toThrow("ENOSPC"));
    expect(readdirSync(folder.path)).toEqual([]);
    create().release();
  });

  it("is not left behind by a compactor", async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    await whileFailing("linkSync", () =>
      expect(makeWorkFolder(folder.path)).rejects.toMatchObject({ code: "IO_ERROR", argument: "temporaryFolder" }),
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe("the folders of compactors", () => {
  it("are removed although others in the same folder look at them at that moment", async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const work = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) await (await makeWorkFolder(folder.path)).release();
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

const TOKEN = "0a".repeat(16);
const MINUTES_AGO = new Date(Date.now() - 2 * 60_000);
/** What a program leaves that is killed while it makes the lock `name`. Nobody listens on a socket that is a file. */
const leftOf = (name: string): readonly string[] => [`${name}.${TOKEN}.new`, `.${TOKEN}.sock`];

/** Makes a folder with empty files, which are `modified` then. */
function leave(folder: string, names: readonly string[], modified?: Date): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), "");
  if (modified === undefined) return;
  for (const name of [...names, ""]) utimesSync(join(folder, name), modified, modified);
}

/** A program that is making the lock `name`. */
async function makeDraft(folder: string, name: string): Promise<void> {
  leave(folder, [`${name}.${TOKEN}.new`]);
  const server = createServer();
  await new Promise<void>((done) => void server.listen(join(folder, `.${TOKEN}.sock`), done));
  onTestFinished(() => void server.close());
}

describe("a folder whose program was killed while it made its first lock", () => {
  it("is removed by the next compactor, and a folder that may be in use stays", async () => {
    const { path: parent, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    const name = (end: string): string => join(parent, `rerun-ts-compact-${end}`);
    leave(name("killed"), leftOf("lock"));
    leave(name("socket"), [`.${TOKEN}.sock`]);
    leave(name("binds1"), [`lock.${TOKEN}.new`, `.${TOKEN}.bind`]);
    leave(name("draft1"), [`lock.${TOKEN}.new`], MINUTES_AGO);
    leave(name("empty1"), [], MINUTES_AGO);
    await makeDraft(name("making"), "lock");
    leave(name("draft2"), [`lock.${TOKEN}.new`]);
    leave(name("empty2"), []);
    leave(name("theirs"), ["notes.txt"], MINUTES_AGO);
    const work = await makeWorkFolder(parent);
    await work.release();
    const stay = ["draft2", "empty2", "making", "theirs"].map((end) => `rerun-ts-compact-${end}`);
    expect(readdirSync(parent).sort()).toEqual(stay);
  });

  it("has its lock until everything else in it is removed", async () => {
    const { path: parent, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    const work = await makeWorkFolder(parent);
    for (const part of ["a.rrd", "z.rrd"]) writeFileSync(join(work.path, part), "");
    // The lock is the last file of the folder.
    const removed: string[] = [];
    const { rm, rmSync } = { rm: fs.promises.rm, rmSync: fs.rmSync };
    Object.assign(fs.promises, {
      rm: (path: string) => (removed.push(path), rm(path, { recursive: true, force: true })),
    });
    Object.assign(fs, { rmSync: (path: string) => (removed.push(path), rmSync(path, { force: true })) });
    syncBuiltinESMExports();
    try {
      await work.release();
    } finally {
      Object.assign(fs.promises, { rm });
      Object.assign(fs, { rmSync });
      syncBuiltinESMExports();
    }
    const order = removed.map((path) => path.slice(work.path.length + 1));
    expect(order.indexOf("lock")).toBeGreaterThan(Math.max(order.indexOf("a.rrd"), order.indexOf("z.rrd")));
    expect(order.indexOf("a.rrd")).toBeGreaterThanOrEqual(0);
    expect(readdirSync(parent)).toEqual([]);
  });

  it("is not left in a store, in which objects that are being created stay", async () => {
    const { path, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    const incoming = join(path, ".incoming");
    const [killed, making] = ["0b".repeat(16), "0c".repeat(16)];
    leave(
      incoming,
      leftOf(`${killed}.lock`).map((name) => name.replaceAll(TOKEN, "0d".repeat(16))),
    );
    await makeDraft(incoming, `${making}.lock`);
    await fsStore(path).create("a", new Uint8Array(1));
    expect(readdirSync(incoming).sort()).toEqual([`.${TOKEN}.sock`, `${making}.lock.${TOKEN}.new`]);
  });

  it("is not taken from a run that begins", async () => {
    const { path: spool, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    const run = join(spool, "0b".repeat(16));
    await makeDraft(run, "run.lock");
    await expect(RunFolder.take(run)).rejects.toMatchObject({ owner: "exists" });
    expect(readdirSync(run)).toHaveLength(2);
  });
});
