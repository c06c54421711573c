import { resolve } from "node:path";
import { checkOptions, describeValue, messageOf } from "@rerun-ts/core/checks";

export interface ReporterOptions {
  /** The folder of the recordings. Default `rerun-recordings`, beside the configuration. */
  outputFolder?: string | undefined;
  /** The recorded tests: failed ones, or all. Default `"failed"`. */
  record?: "failed" | "all" | undefined;
}

/** Writes the recordings of a reporter one after the other. Nothing that fails here fails a test. */
export class ReporterOutput {
  readonly recordsAll: boolean;
  readonly #folder: string;
  readonly #paths: string[] = [];
  readonly #warnings = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  /** @throws {TypeError} if an option is wrong */
  constructor(options: ReporterOptions, base: string) {
    // Only the reporter's options, because Playwright adds others.
    const { outputFolder = "rerun-recordings", record = "failed" } = options;
    checkOptions("the reporter", { outputFolder, record }, { outputFolder: 1, record: 1 });
    if (record !== "failed" && record !== "all")
      throw new TypeError(`\`record\` must be "failed" or "all", got ${describeValue(record)}`);
    if (typeof outputFolder !== "string" || outputFolder === "")
      throw new TypeError(`\`outputFolder\` must be the path of a folder, got ${describeValue(outputFolder)}`);
    this.recordsAll = record === "all";
    this.#folder = resolve(base, outputFolder);
  }

  /** Adds a recording. `write` returns messages about its failures. */
  add(fileName: string, write: (path: string) => Promise<readonly string[]>): void {
    const path = resolve(this.#folder, fileName);
    this.#work = this.#write(this.#work, path, write);
  }

  async #write(
    before: Promise<void>,
    path: string,
    write: (path: string) => Promise<readonly string[]>,
  ): Promise<void> {
    await before;
    try {
      for (const warning of await write(path)) this.#warnings.add(warning);
      this.#paths.push(path);
    } catch (error) {
      this.#warnings.add(`cannot record ${path}: ${messageOf(error)}`);
    }
  }

  /** Waits for all recordings, and says where they are. */
  async finish(): Promise<void> {
    await this.#work;
    for (const warning of this.#warnings) console.warn(`[rerun] ${warning}`);
    const [first] = this.#paths;
    if (first === undefined) return;
    const count = this.#paths.length === 1 ? "1 test was" : `${this.#paths.length} tests were`;
    console.log(`[rerun] ${count} recorded in ${this.#folder}. Open a recording: npx rerun-ts view ${first}`);
  }
}
