import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The behaviour of a {@link FakeViewer}. */
export interface FakeViewerBehaviour {
  /** The output of `--version`. */
  readonly version?: string;
  /** The behaviour when it is started as a viewer. Default: it listens. */
  readonly mode?: "listens" | "never listens" | "ends";
}

/** One start of a {@link FakeViewer}. */
export interface FakeStart {
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Longest time that a fake viewer runs if the test does not end it. */
const LIFE_MS = 20_000;

/** A program named `rerun` that records how it was started. */
export class FakeViewer {
  readonly path: string;
  readonly #record: string;

  constructor(path: string, { version = "rerun-cli 0.41.0 (fake)", mode = "listens" }: FakeViewerBehaviour = {}) {
    this.path = path;
    this.#record = join(dirname(path), "starts.jsonl");
    mkdirSync(dirname(path), { recursive: true });
    const program = `#!${process.execPath}
      const args = process.argv.slice(2);
      if (args[0] === "--version") console.log(${JSON.stringify(version)});
      else {
        const start = JSON.stringify({ pid: process.pid, args, env: process.env });
        require("node:fs").appendFileSync(${JSON.stringify(this.#record)}, start + "\\n");
        const mode = ${JSON.stringify(mode)};
        if (mode === "ends") process.exit(3);
        setTimeout(() => process.exit(), ${LIFE_MS});
        const port = Number(/--port=(.*)/.exec(args[0])[1]);
        if (mode === "listens") require("node:net").createServer().listen(port, "127.0.0.1");
      }`;
    writeFileSync(path, program, { mode: 0o755 });
  }

  /** Its starts as a viewer, oldest first. */
  starts(): FakeStart[] {
    if (!existsSync(this.#record)) return [];
    // A program that was killed may have written a part of its line, or nothing.
    const lines = readFileSync(this.#record, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as FakeStart);
  }

  /** Ends all started processes. */
  end(): void {
    for (const { pid } of this.starts()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has exited already.
      }
    }
  }
}
