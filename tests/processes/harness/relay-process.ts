import { once } from "node:events";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { onLoopback } from "@rerun-ts/test-support/node/real-server";
import { Program, startProgram } from "./program.ts";
import type { Rerun } from "./rerun.ts";
import type { GrpcServerSinkOptions, RelayStats } from "@rerun-ts/node";

const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

/** Its worker may start too late on a busy machine. */
const SERVES_ITSELF = /^\[rerun\] no worker to serve from \(it did not start within .*\n/m;

/** A relay in a separate process. It is killed at the end of the test. */
export class RelayProcess {
  readonly url: string;
  readonly port: number;
  readonly #program: Program;

  private constructor(program: Program, { url, port }: { readonly url: string; readonly port: number }) {
    this.#program = program;
    this.url = url;
    this.port = port;
  }

  static async start(options: GrpcServerSinkOptions = {}): Promise<RelayProcess> {
    const program = startProgram("relay", [JSON.stringify(options)]);
    return new RelayProcess(program, (await program.report()) as { url: string; port: number });
  }

  async stats(): Promise<RelayStats> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/stats`)).json()) as RelayStats;
  }

  /** Waits until its statistics satisfy a condition. */
  async until(isReached: (stats: RelayStats) => boolean): Promise<RelayStats> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      const stats = await this.stats();
      if (isReached(stats)) return stats;
      if (performance.now() > deadline) throw new Error(`the relay has ${JSON.stringify(stats)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Shuts the relay down. Returns the last statistics, and the memory that the relay has used. */
  async end(): Promise<{ readonly stats: RelayStats; readonly usedBytes: number }> {
    this.#program.process.kill("SIGTERM");
    const last = (await this.#program.report()) as { stats: RelayStats; usedBytes: number };
    const { code, stderr: all } = await this.#program.ended;
    const stderr = all.replace(SERVES_ITSELF, "");
    if (code !== 0 || stderr !== "") throw new Error(`the relay ended with ${code}: ${stderr}`);
    return last;
  }

  /** Kills it at once, with SIGKILL. */
  async kill(): Promise<void> {
    this.#program.process.kill("SIGKILL");
    await once(this.#program.process, "exit");
  }
}

/**
 * Lets the real `rerun` write the data of a server to a file until the server ends. Rejects unless the file is
 * complete.
 */
export async function startSaving(rerun: Rerun, url: string, file: string): Promise<{ readonly saved: Promise<void> }> {
  const reader = new Program(rerun.program, [url, "--save", file, ...onLoopback(await freePort())]);
  const save = async (): Promise<void> => {
    const { code, stderr } = await reader.ended;
    if (code !== 0) throw new Error(`rerun ${url} --save: ${stderr}`);
    await rerun.verify(file);
  };
  const saved = save();
  saved.catch(() => {});
  return { saved };
}
