import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import { readMessages, type ServerMessage } from "@rerun-ts/web/read";
import { freePort } from "@rerun-ts/test-support/node/free-port";

/** Less than the time of a test, which would end without a reason. */
const PATIENCE_MS = 15_000;

/** Reads the messages of a server until it has sent `chunks` different chunks. Rejects if that takes too long. */
export async function readChunksFrom(url: string, chunks: number): Promise<readonly ServerMessage[]> {
  const messages: ServerMessage[] = [];
  const ids = new Set<string>();
  try {
    for await (const message of readMessages(url, { signal: AbortSignal.timeout(PATIENCE_MS) })) {
      messages.push(message);
      if (message.kind === "chunk") ids.add(JSON.stringify(message.chunkId));
      if (ids.size >= chunks) return messages;
    }
  } catch (error) {
    throw new Error(`the server has ${messages.length} messages, ${ids.size} chunks`, { cause: error });
  }
  return messages;
}

/** The number of different chunks: a chunk that was sent twice has one id. */
export function countChunks(messages: readonly { readonly kind: string; readonly chunkId?: unknown }[]): number {
  return new Set(messages.flatMap(({ chunkId }) => (chunkId === undefined ? [] : [JSON.stringify(chunkId)]))).size;
}

/** Lets the real `rerun` save the data of a server once it has `chunks` different chunks, and ends the server. */
export async function saveFromServer(
  rerun: string,
  server: { readonly url: string; stop(): Promise<void> },
  file: string,
  chunks: number,
): Promise<void> {
  const expected = countChunks(await readChunksFrom(server.url, chunks));
  await rm(file, { force: true });
  const own = ["--bind", "127.0.0.1", "--port", String(await freePort())];
  const reader = spawn(rerun, [server.url, "--save", file, ...own], { stdio: "ignore" });
  const hasEnded = once(reader, "exit").then(() => true);
  try {
    const late = Date.now() + PATIENCE_MS;
    for (let saved = 0; saved < expected; saved = await countSaved(file)) {
      if (Date.now() > late) throw new Error(`rerun has saved ${saved} of ${expected} chunks`);
      await setTimeout(50);
    }
    // The reader completes its file when the server ends.
    await server.stop();
    if (!(await Promise.race([hasEnded, setTimeout(PATIENCE_MS, false, { ref: false })])))
      throw new Error("rerun has not completed its file, though its server has ended");
  } finally {
    reader.kill("SIGKILL");
  }
}

/** The number of different chunks in a file that is still written. */
async function countSaved(file: string): Promise<number> {
  const bytes = await readFile(file).catch(() => new Uint8Array());
  return countChunks(decodeRrd(bytes));
}
