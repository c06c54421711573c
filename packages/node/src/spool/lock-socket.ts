import { chmodSync, closeSync, constants, openSync, renameSync, rmSync, statfsSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isPromise } from "@rerun-ts/core/util";

/**
 * File systems whose files all belong to one kernel, by the types of statfs(2): the ext family, XFS, Btrfs, tmpfs,
 * overlayfs, F2FS, ZFS, bcachefs, UBIFS, JFS, ReiserFS, NILFS and ramfs. On all others, such as NFS and those that
 * virtual machines share, another kernel may have the owner of a socket.
 */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x24051905, 0x3153464a,
  0x52654973, 0x3434, 0x858458f6,
]);
/** The longest path of a socket, in bytes. Source: unix(7). */
const MAX_PATH_BYTES = 107;
/** The longest wait for the answer of another thread. */
const ANSWER_MS = 5000;
const ANSWERS = ["unknown", "alive", "dead"] as const;
/** Asks in a thread, while the calling one waits. */
const ASK = `
  const { workerData: { path, answer } } = require("node:worker_threads");
  const end = (number) => { Atomics.store(answer, 0, number); Atomics.notify(answer, 0); process.exit(); };
  const socket = require("node:net").connect(path);
  socket.once("connect", () => end(2));
  socket.once("error", ({ code }) => end(code === "EAGAIN" ? 2 : code === "ECONNREFUSED" ? 3 : 1));
`;

/** Whether the owner of a lock exists. */
export type Life = "alive" | "dead" | "unknown";

/** The name of the socket of a lock. */
export function socketName(token: string): string {
  return `.${token}.sock`;
}

/** A socket in a folder, which tells other processes that this thread exists. */
export interface LockSocket {
  close(): void;
}

/** Listens on a socket. Returns `undefined` if the platform or the file system has none, or it tells nothing there. */
export function listen(folder: string, token: string): LockSocket | undefined {
  if (process.platform !== "linux" || !isLocal(folder)) return undefined;
  const path = join(folder, socketName(token));
  const draft = `.${token}.bind`;
  const server = createServer((socket) => void socket.destroy());
  // It must not end the program: there is no file descriptor left, or the folder is gone.
  server.on("error", () => {});
  try {
    withShortPath(folder, draft, (short) => void server.listen({ path: short, exclusive: true }));
    if (!server.listening) throw new Error("it does not listen immediately");
    server.unref();
    // All users may ask.
    chmodSync(join(folder, draft), 0o777);
    // At its end, the thread removes the name that it has bound, without which nobody could ask the kernel.
    renameSync(join(folder, draft), path);
    return { close: () => end(server, path) };
  } catch {
    end(server, join(folder, draft));
    return undefined;
  }
}

function end(server: Server, path: string): void {
  server.close();
  // Some runtimes begin later.
  server.once("listening", () => void server.close());
  removeLeft(path);
}

/** Removes a file that is of no use. One that cannot be removed stays, as if its program had been killed. */
export function removeLeft(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Others remove it later.
  }
}

function isLocal(folder: string): boolean {
  try {
    return LOCAL.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** Asks the kernel whether a thread listens on a socket of a folder. Any answer but a clear one is `"unknown"`. */
export async function ask(folder: string, name: string): Promise<Life> {
  try {
    return await withShortPath(
      folder,
      name,
      (path) =>
        new Promise<Life>((resolve) => {
          const socket = connect(path);
          socket.once("connect", () => {
            socket.destroy();
            resolve("alive");
          });
          socket.once("error", ({ code }: NodeJS.ErrnoException) => {
            // A queue is full if the owner is frozen.
            resolve(code === "EAGAIN" ? "alive" : code === "ECONNREFUSED" ? "dead" : "unknown");
          });
        }),
    );
  } catch {
    return "unknown";
  }
}

/** Asks, and blocks the calling thread for some milliseconds. */
export function askNow(folder: string, token: string): Life {
  const answer = new Int32Array(new SharedArrayBuffer(4));
  try {
    return withShortPath(folder, socketName(token), (path) => {
      const worker = new Worker(ASK, { eval: true, execArgv: [], workerData: { path, answer } });
      worker.on("error", () => {});
      worker.unref();
      Atomics.wait(answer, 0, 0, ANSWER_MS);
      return ANSWERS[(answer[0] ?? 0) - 1] ?? "unknown";
    });
  } catch {
    return "unknown";
  }
}

/** Gives a path to a file in a folder that is short enough for a socket, while `use` works. */
function withShortPath<T>(folder: string, name: string, use: (path: string) => T): T {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return use(path);
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  let result: T;
  try {
    result = use(`/proc/self/fd/${fd}/${name}`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  if (isPromise(result)) void result.then(() => closeSync(fd));
  else closeSync(fd);
  return result;
}
