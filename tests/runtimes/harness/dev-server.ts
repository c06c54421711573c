import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

const START_MS = 120_000;

/** A development server to start. */
export interface DevServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The address at which it serves the page. */
  readonly url: string;
}

/** Starts a development server, and waits until it answers. It ends with the test. */
export async function startDevServer({ command, args, cwd, env, url }: DevServer): Promise<void> {
  // In a group, which ends with the processes that the server has started.
  const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
  const server = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (output += String(data)));
  const closed = once(server, "close");
  onTestFinished(async () => {
    if (server.exitCode === null && server.pid !== undefined) process.kill(-server.pid, "SIGKILL");
    await closed;
  });
  const end = Date.now() + START_MS;
  for (;;) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (server.exitCode !== null || Date.now() > end) throw new Error(`the server does not answer:\n${output}`);
    await sleep(200);
  }
}
