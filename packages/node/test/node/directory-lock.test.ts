import fs, { readdirSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Worker } from "node:worker_threads";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { DirectoryLock } from "../../dist/spool/directory-lock.js";
import { ask } from "../../dist/spool/lock-socket.js";

const TAKERS = 4;
const TAKES = 250;
/** Takes a lock again and again. Leaves a lock now and then, as a killed process does: nobody listens on its socket. */
const TAKER = `
  const { linkSync, readFileSync, rmSync, statSync, writeFileSync } = require("node:fs");
  const { parentPort, workerData: { module, folder, taker, takes, holders } } = require("node:worker_threads");
  (async () => {
    const { DirectoryLock, LockedError } = await import(module);
    const path = folder + "/lock";
    const problems = [];
    for (let taken = 0; taken < takes && problems.length === 0;) {
      try {
        const lock = await DirectoryLock.tryTake(folder, "lock");
        taken++;
        if (Atomics.add(holders, 0, 1) !== 0) problems.push("two have the lock");
        if (!lock.isOurs) problems.push("another has the lock");
        const owner = JSON.parse(readFileSync(path, "utf8"));
        Atomics.sub(holders, 0, 1);
        lock.release();
        if (taken % 10 !== 0) continue;
        const token = (taker * 1e6 + taken).toString(16).padStart(32, "0");
        const left = path + "-left-" + taker;
        writeFileSync(left, "");
        writeFileSync(folder + "/." + token + ".sock", "");
        const inode = String(statSync(left).ino);
        writeFileSync(left, JSON.stringify({ ...owner, token, inode }));
        try {
          linkSync(left, path);
        } catch {
          rmSync(folder + "/." + token + ".sock");
        }
        rmSync(left);
      } catch (error) {
        if (!(error instanceof LockedError) || error.owner === "unknown") problems.push(error.stack);
      }
    }
    parentPort.postMessage(problems);
  })();
`;

const folder = makeTemporaryFolder();
afterAll(folder.remove);

describe("DirectoryLock", () => {
  it("has one owner at a time, whoever takes it, releases it, or leaves it behind", async () => {
    const module = new URL("../../dist/spool/directory-lock.js", import.meta.url).href;
    const holders = new Int32Array(new SharedArrayBuffer(4));
    const problems = Array.from({ length: TAKERS }, (_, taker) => {
      const workerData = { module, folder: folder.path, taker, takes: TAKES, holders };
      const worker = new Worker(TAKER, { eval: true, workerData });
      return new Promise<unknown>((resolve, reject) => worker.once("message", resolve).once("error", reject));
    });
    expect(await Promise.all(problems)).toEqual(problems.map(() => []));
    (await DirectoryLock.tryTake(folder.path, "lock")).release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("rejects with the first error of a disk that denies everything, and has no socket", async () => {
    const { linkSync, rmSync } = fs;
    const deny = (operation: string) => (): never => {
      throw Object.assign(new Error(`EACCES: ${operation}`), { code: "EACCES" });
    };
    Object.assign(fs, { linkSync: deny("link"), rmSync: deny("rm") });
    syncBuiltinESMExports();
    try {
      await expect(DirectoryLock.tryTake(folder.path, "denied")).rejects.toThrow("EACCES: link");
    } finally {
      Object.assign(fs, { linkSync, rmSync });
      syncBuiltinESMExports();
    }
    const left = readdirSync(folder.path).filter((name) => name.endsWith(".sock"));
    expect(await Promise.all(left.map((name) => ask(folder.path, name)))).toEqual(left.map(() => "dead"));
  });

  it("is made although others remove its draft, as that of a program that was frozen meanwhile", () => {
    const { linkSync } = fs;
    let removals = 0;
    const remove: typeof linkSync = (draft, path) => {
      if (removals++ === 0) fs.rmSync(draft);
      linkSync(draft, path);
    };
    Object.assign(fs, { linkSync: remove });
    syncBuiltinESMExports();
    try {
      const lock = DirectoryLock.create(folder.path, "frozen");
      expect(lock?.isOurs).toBe(true);
      lock?.release();
    } finally {
      Object.assign(fs, { linkSync });
      syncBuiltinESMExports();
    }
  });
});
