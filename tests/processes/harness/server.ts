import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { onLoopback } from "@rerun-ts/test-support/node/real-server";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { Program } from "./program.ts";
import type { Rerun } from "./rerun.ts";

const POLL_MS = 100;
const TIMEOUT_MS = 30_000;

/** The reason why the real viewer cannot be started here, if there is one. Throws it in CI. */
export function whyNoViewer(): string | undefined {
  if (hasVulkan()) return undefined;
  if (isCi) throw new Error("no Vulkan driver is installed");
  return "no Vulkan driver is installed";
}

/**
 * Ends a process that outlives the program that started it, at the end of the test. Returns a function that ends it at
 * once.
 */
export function endLater(pid: number): () => void {
  let isEnded = false;
  const end = (): void => {
    if (!isEnded) process.kill(pid, "SIGTERM");
    isEnded = true;
  };
  onTestFinished(end);
  return end;
}

/**
 * Lets the real `rerun` save the data of a server, which is ended once the file has these rows; the file is then
 * complete. Rejects if the file does not have them in time.
 */
export async function saveFrom(
  rerun: Rerun,
  { port, end }: { readonly port: number; readonly end: () => void },
  file: string,
  rows: Readonly<Record<string, number>>,
): Promise<void> {
  const url = `rerun+http://127.0.0.1:${port}/proxy`;
  const reader = new Program(rerun.program, [url, "--save", file, ...onLoopback(await freePort())]);
  const wanted = Object.entries(rows);
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const found = await rerun.rows(file).catch((): Record<string, number> => ({}));
    if (wanted.every(([path, count]) => found[path] === count)) break;
    if (performance.now() > deadline) throw new Error(`${url} has ${JSON.stringify(found)}`);
    await setTimeout(POLL_MS);
  }
  end();
  const { code, stderr } = await reader.ended;
  if (code !== 0) throw new Error(`rerun ${url} --save: ${stderr}`);
  await rerun.verify(file);
}
