import { join } from "node:path";
import type { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { expect, onTestFailed, onTestFinished } from "vitest";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { childrenOf, killGroup } from "./program.ts";
import { RelayProgram } from "./relay-program.ts";

/** A keeper and its catalog, which may be killed. */
export class MortalKeeper {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #keeper: RelayProgram | undefined;
  readonly #servers = new Set<number>();

  /**
   * @param args more arguments of the keeper
   * @param env more variables of its environment
   */
  constructor(
    folder: string,
    proxy: BadHttpProxy,
    rerun: string,
    port: number,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ) {
    const files = ["--files", join(folder, "files"), "--interval", "2", "--port", `${port}`];
    this.#args = ["catalog", "keep", "--from", "s3://bucket/prefix", "--dataset", "fleet", ...files, ...args];
    this.#env = { ...S3_ENVIRONMENT, AWS_ENDPOINT_URL_S3: proxy.url, RERUN_CLI_PATH: rerun, ...env };
    this.url = `rerun+http://127.0.0.1:${port}`;
    onTestFailed(async () => console.error((await this.#keeper?.interrupt("SIGKILL"))?.stderr));
    onTestFinished(() => {
      for (const server of this.#servers) killGroup(server);
    });
  }

  async start(): Promise<void> {
    for (this.#keeper = undefined; this.#keeper === undefined;)
      this.#keeper = await RelayProgram.start(this.#args, /parts are registered/, { env: this.#env }).catch(
        (error: Error) => {
          // Its clock was set twice during a request. Managers of services start it again, too.
          if (!error.message.includes("RequestTimeTooSkewed")) throw error;
          return undefined;
        },
      );
    this.#noteServer();
  }

  /** A keeper that was started after another one uses its catalog, and has none. */
  #noteServer(): void {
    const server = childOf(this.#keeper?.pid);
    if (server > 0) this.#servers.add(server);
  }

  /** Kills the catalog, and waits until the keeper has started another one. */
  async killCatalog(): Promise<void> {
    // A keeper that was started again uses the catalog of the one before.
    const before = this.catalogPid ?? 0;
    expect(before).toBeGreaterThan(0);
    process.kill(before, "SIGKILL");
    while ([0, before].includes(childOf(this.#keeper?.pid))) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#noteServer();
  }

  async killKeeper(): Promise<void> {
    await this.#keeper?.kill();
  }

  /** The number of the process of the catalog. */
  get catalogPid(): number | undefined {
    return childOf(this.#keeper?.pid) || [...this.#servers].at(-1);
  }

  /** The number of the process of the keeper. */
  get pid(): number | undefined {
    return this.#keeper?.pid;
  }

  async stop(): Promise<void> {
    await this.#keeper?.interrupt("SIGTERM");
  }
}

/** The number of the process that another one has started, or 0. */
function childOf(pid: number | undefined): number {
  return childrenOf(pid)[0] ?? 0;
}
