import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort } from "../../../tools/lib/free-port.mjs";
import { isCi } from "../../../tools/lib/run.mjs";
import { hasVulkan } from "../../../tools/lib/vulkan.mjs";
import { Program } from "./program.ts";
import type { Rerun } from "./rerun.ts";

const LOOK_MS = 100;
const PATIENCE_MS = 30_000;

/** Why the real viewer cannot be started here, if it cannot; in CI that is a failure. */
export function whyNoViewer(): string | undefined {
  if (hasVulkan()) return undefined;
  if (isCi) throw new Error("there is no Vulkan driver");
  return "there is no Vulkan driver";
}

/** Arguments that keep the real `rerun` on this machine. */
export function onLoopback(port: number): string[] {
  return ["--bind", "127.0.0.1", "--port", String(port)];
}

/** Ends a process that outlives the program that started it, now or when the test ends. Returns how to do it now. */
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
 * Lets the real `rerun` save what a server holds, which is ended when the file has these rows.
 * Rejects if it never has; the file is complete then.
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
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await rerun.rows(file).catch((): Record<string, number> => ({}));
    if (wanted.every(([path, count]) => found[path] === count)) break;
    if (performance.now() > deadline) throw new Error(`${url} has ${JSON.stringify(found)}`);
    await setTimeout(LOOK_MS);
  }
  end();
  const { code, stderr } = await reader.ended;
  if (code !== 0) throw new Error(`rerun ${url} --save: ${stderr}`);
  await rerun.verify(file);
}
