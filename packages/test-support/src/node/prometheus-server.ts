import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const LISTENS = /Server is ready to receive web requests/;

/** The sources of a {@link PrometheusServer}. */
export interface PrometheusSources {
  /** The ports of the programs on loopback. */
  readonly ports: readonly number[];
  /** The files with rules. */
  readonly rules: readonly string[];
}

/** A series of the answer to a query. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** The time, and the value as text. */
  readonly value: readonly [number, string];
}

/** A real server of Prometheus on loopback. */
export class PrometheusServer {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /**
   * Starts a server that scrapes programs ten times a second. Resolves when it accepts requests.
   * @param program the path of the server
   * @param folder the folder for its data
   */
  static async start(program: string, folder: string, { ports, rules }: PrometheusSources): Promise<PrometheusServer> {
    const port = await freePort();
    const targets = ports.map((each) => `127.0.0.1:${each}`);
    const config = {
      global: { scrape_interval: "100ms", scrape_timeout: "100ms" },
      rule_files: rules,
      scrape_configs: [{ job_name: "rerun-ts", static_configs: [{ targets }] }],
    };
    const file = join(folder, "prometheus.json");
    // JSON is YAML, too.
    writeFileSync(file, JSON.stringify(config));
    const places = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, "prometheus")}`];
    const started = spawn(program, [...places, `--web.listen-address=127.0.0.1:${port}`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const lines: string[] = [];
    for await (const line of createInterface(started.stderr as NodeJS.ReadableStream)) {
      lines.push(line);
      if (!LISTENS.test(line)) continue;
      started.stderr?.resume();
      return new PrometheusServer(port, started);
    }
    throw new Error(`prometheus did not start: ${lines.join("\n")}`);
  }

  /** The series of a query now. @throws if the query is invalid */
  async query(query: string): Promise<readonly PrometheusSeries[]> {
    const body = new URLSearchParams({ query });
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/query`, { method: "POST", body });
    const answer = (await response.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data?: { readonly result: readonly PrometheusSeries[] };
    };
    if (answer.status !== "success") throw new Error(`${query}: ${answer.error}`);
    return answer.data?.result ?? [];
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
