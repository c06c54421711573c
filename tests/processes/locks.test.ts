import { execFile, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect, onTestFinished } from "vitest";
import { startProgram, type Program } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const MODULE = new URL("../../packages/node/dist/spool/directory-lock.js", import.meta.url).href;
const CLAIM = new URL("programs/claim.mjs", import.meta.url).pathname;
const RACES = isSoak ? 1000 : 25;
const CLAIMANTS = 8;
const NOBODY = "65534";
const execute = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** A process that takes locks. */
class Claimant {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(command: readonly string[] = []) {
    const all = [...command, process.execPath, CLAIM, MODULE];
    this.#process = spawn(all[0] ?? "", all.slice(1), { stdio: ["pipe", "ignore", "inherit", "pipe"] });
    onTestFinished(() => void this.#process.kill("SIGKILL"));
    const reports = createInterface({ input: this.#process.stdio[3] as Readable });
    this.#answers = reports[Symbol.asyncIterator]();
  }

  async answer(): Promise<unknown> {
    return JSON.parse(((await this.#answers.next()).value ?? '"no answer"') as string);
  }

  /** Takes the lock of a folder. Resolves to `"taken"`, or to what is known of the owner. */
  claim(folder: string, at = 0): Promise<unknown> {
    this.#process.stdin?.write(`${JSON.stringify({ folder, at })}\n`);
    return this.answer();
  }
}

async function startClaimant(command?: readonly string[]): Promise<Claimant> {
  const claimant = new Claimant(command);
  expect(await claimant.answer()).toBe("ready");
  return claimant;
}

async function ownedBy(folders: readonly string[], way = "process"): Promise<Program> {
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const owner = startProgram("own", [MODULE, way, ...folders]);
  await owner.report();
  return owner;
}

async function kill(owner: Program): Promise<void> {
  owner.process.kill("SIGKILL");
  await owner.ended;
}

describe("a folder", () => {
  it(`of an owner that is gone has one new owner, whoever is fastest, in ${RACES} races of ${CLAIMANTS} processes`, async ({
    folder,
  }) => {
    const claimants = await Promise.all(Array.from({ length: CLAIMANTS }, () => startClaimant()));
    const folders = Array.from({ length: RACES }, (_, race) => join(folder, String(race)));
    await kill(await ownedBy(folders));
    const unlike: unknown[] = [];
    for (const raced of folders) {
      const at = Date.now() + 3;
      const answers = await Promise.all(claimants.map((claimant) => claimant.claim(raced, at)));
      if (answers.filter((answer) => answer === "taken").length !== 1 || new Set(answers).size !== 2)
        unlike.push(answers);
      // The lock and the socket of the new owner, and nothing of the others.
      if (readdirSync(raced).length !== 2) unlike.push(readdirSync(raced));
    }
    expect(unlike).toEqual([]);
  });

  it("belongs to a process that is frozen, for those in other containers and of other users, and to nobody once it is killed", async ({
    folder,
  }) => {
    const owned = join(folder, "owned");
    const owner = await ownedBy([owned]);
    chmodSync(owned, 0o777);
    chmodSync(folder, 0o755);
    const others = [await startClaimant()];
    const allowed = async (...command: string[]): Promise<void> => {
      const [program = "", ...args] = command;
      const isAllowed = await execute(program, [...args, "true"]).then(
        () => true,
        () => false,
      );
      if (isAllowed) others.push(await startClaimant(command));
      // A runner without root cannot start these; with it, they must work.
      else expect(isRoot).toBe(false);
    };
    await allowed("unshare", "--pid", "--fork", "--mount-proc");
    await allowed("unshare", "--net");
    await allowed("unshare", "--uts", "--ipc", "--mount");
    await allowed("setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups");
    owner.process.kill("SIGSTOP");
    for (const other of others) expect(await other.claim(owned)).toBe("exists");
    await kill(owner);
    for (const other of others) {
      expect(await other.claim(owned)).toBe("taken");
      // The next one takes it after it was released.
      await other.claim(join(folder, "nowhere"));
    }
  });

  it("is known to have an owner, however often others have asked while it was frozen", async ({ folder }) => {
    const owned = join(folder, "owned");
    const owner = await ownedBy([owned]);
    owner.process.kill("SIGSTOP");
    const claimant = await startClaimant();
    const answers = new Set<unknown>();
    for (let look = 0; look < 600; look++) answers.add(await claimant.claim(owned));
    expect([...answers]).toEqual(["exists"]);
  });

  it("is free once the thread that had it has ended, while its process goes on", async ({ folder }) => {
    const owned = join(folder, "owned");
    await ownedBy([owned], "thread");
    expect(await (await startClaimant()).claim(owned)).toBe("taken");
  });

  it("is free in a copy, with the socket of the owner and without it, and after it was renamed", async ({ folder }) => {
    const owned = join(folder, "owned");
    const owner = await ownedBy([owned]);
    const claimant = await startClaimant();
    await execute("cp", ["-a", owned, join(folder, "copy")]);
    expect(await claimant.claim(join(folder, "copy"))).toBe("taken");
    cpSync(join(owned, "lock"), join(folder, "bare/lock"));
    expect(await claimant.claim(join(folder, "bare"))).toBe("taken");
    const renamed = join(folder, "renamed");
    renameSync(owned, renamed);
    expect(await claimant.claim(renamed)).toBe("exists");
    await kill(owner);
    expect(await claimant.claim(renamed)).toBe("taken");
  });

  it("has the same owners if its path is longer than that of a socket", async ({ folder }) => {
    const owned = join(folder, "x".repeat(200), "y".repeat(200));
    const owner = await ownedBy([owned]);
    const claimant = await startClaimant();
    expect(await claimant.claim(owned)).toBe("exists");
    await kill(owner);
    expect(await claimant.claim(owned)).toBe("taken");
  });

  it("stays as it is where nobody knows whether it has an owner", async ({ folder }) => {
    const claimant = await startClaimant();
    const owner = await ownedBy(["listener", "removed", "denied", "newer"].map((name) => join(folder, name)));
    await kill(owner);
    const socketIn = (name: string): string => {
      const found = readdirSync(join(folder, name)).find((file) => file.endsWith(".sock")) ?? "";
      return join(folder, name, found);
    };
    // A stranger listens at the name.
    const socket = socketIn("listener");
    rmSync(socket);
    const server = createServer((connection) => void connection.destroy()).listen(socket);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    expect(await claimant.claim(join(folder, "listener"))).toBe("exists");
    rmSync(socketIn("removed"));
    expect(await claimant.claim(join(folder, "removed"))).toBe("unknown");
    writeFileSync(join(folder, "newer/lock"), JSON.stringify({ version: 99, token: "1", pid: 1, host: "elsewhere" }));
    expect(await claimant.claim(join(folder, "newer"))).toBe("unknown");
    mkdirSync(join(folder, "foreign"));
    writeFileSync(join(folder, "foreign/lock"), "Package: foreign\n");
    expect(await claimant.claim(join(folder, "foreign"))).toBe("unknown");
    if (!isRoot) return;
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "denied"), 0o777);
    chmodSync(socketIn("denied"), 0o700);
    const other = await startClaimant(["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]);
    expect(await other.claim(join(folder, "denied"))).toBe("unknown");
  });
});
