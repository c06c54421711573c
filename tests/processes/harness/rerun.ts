import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;
const CHUNK = /^Chunk\(\S+\) with (\d+) rows .*? - (\S+) - /gm;

/** The real `rerun` program: the judge of files. Its complaints are failures, whatever its exit code says. */
export class Rerun {
  readonly program: string;
  readonly #scratch: string;

  /** @param scratch a folder for files in between */
  constructor(program: string, scratch: string) {
    this.program = program;
    this.#scratch = scratch;
  }

  /** Rejects unless the file is complete, with a footer that finds every chunk. */
  async verify(file: string): Promise<void> {
    const output = await this.#run("rrd", "verify", file);
    if (!output.includes("1 file verified without error")) throw new Error(`rerun rrd verify: ${output}`);
  }

  /** How many rows each entity has. */
  async rows(file: string): Promise<Record<string, number>> {
    const rows: Record<string, number> = {};
    for (const [, count, path = ""] of (await this.#run("rrd", "print", "-v", file)).matchAll(CHUNK))
      rows[path] = (rows[path] ?? 0) + Number(count);
    return rows;
  }

  /** Like {@link rows}, of a file that need not be complete: it is loaded, merged into a complete one, and that is read. */
  async rowsAfterMerge(file: string): Promise<Record<string, number>> {
    const merged = join(this.#scratch, "merged.rrd");
    await this.#run("rrd", "merge", file, "-o", merged);
    await this.verify(merged);
    return this.rows(merged);
  }

  /** Rejects unless both files hold the same data. */
  async compare(a: string, b: string): Promise<void> {
    await this.#run("rrd", "compare", "--unordered", a, b);
  }

  async #run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await execute(this.program, args, { maxBuffer: MAX_OUTPUT_BYTES });
    if (/\b(ERROR|WARN)\b/.test(stderr)) throw new Error(`rerun ${args.join(" ")}: ${stderr}`);
    return stdout + stderr;
  }
}
