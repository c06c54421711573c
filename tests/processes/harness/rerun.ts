import { join } from "node:path";
import { runInSmallProcess } from "./run-in-small-process.ts";

const MAX_OUTPUT_BYTES = 256 * 2 ** 20;
const CHUNK = /^Chunk\(\S+\) with (\d+) rows .*? - (\S+) - /gm;

/** The real `rerun` program, which checks files. Its warnings and errors are failures, whatever its exit code. */
export class Rerun {
  readonly program: string;
  readonly #scratch: string;

  /** @param scratch a folder for temporary files */
  constructor(program: string, scratch: string) {
    this.program = program;
    this.#scratch = scratch;
  }

  /** Rejects unless the file is complete, with a footer that lists every chunk. */
  async verify(file: string): Promise<void> {
    const output = await this.#run("rrd", "verify", file);
    if (!output.includes("1 file verified without error")) throw new Error(`rerun rrd verify: ${output}`);
  }

  /** The number of rows of each entity. */
  async rows(file: string): Promise<Record<string, number>> {
    const rows: Record<string, number> = {};
    for (const [, count, path = ""] of (await this.#run("rrd", "print", "-v", file)).matchAll(CHUNK))
      rows[path] = (rows[path] ?? 0) + Number(count);
    return rows;
  }

  /** Like {@link rows}, for a file that may be incomplete: it is merged into a complete one first. */
  async rowsAfterMerge(file: string): Promise<Record<string, number>> {
    const merged = join(this.#scratch, "merged.rrd");
    await this.merge(merged, file);
    return this.rows(merged);
  }

  /** Merges files, of which the last message may be cut off, into one complete file. */
  async merge(into: string, ...files: readonly string[]): Promise<void> {
    await this.#run("rrd", "merge", ...files, "-o", into);
    await this.verify(into);
  }

  /** Writes the rows of a file in larger chunks. */
  async optimize(into: string, file: string): Promise<void> {
    await this.#run("rrd", "optimize", file, "-o", into);
  }

  /** Writes the chunks of a file without the chunks of some entities. */
  async filter(into: string, file: string, dropped: readonly string[]): Promise<void> {
    await this.#run("rrd", "filter", file, "-o", into, ...dropped.flatMap((path) => ["--drop-entity", path]));
  }

  /** Rejects unless both files have the same data. */
  async compare(a: string, b: string): Promise<void> {
    await this.#run("rrd", "compare", "--unordered", a, b);
  }

  async #run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await runInSmallProcess(this.program, args, { maxBuffer: MAX_OUTPUT_BYTES });
    if (/\b(ERROR|WARN)\b/.test(stderr)) throw new Error(`rerun ${args.join(" ")}: ${stderr}`);
    return stdout + stderr;
  }
}
