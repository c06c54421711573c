import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Rerun's own client of a catalog, in one Python process for all questions. */
export class CatalogOracle {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = "";

  /** @param python the interpreter that has the SDK */
  constructor(url: string, python: string) {
    const script = join(import.meta.dirname, "catalog_oracle.py");
    this.#process = spawn(python, [script, url], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** Calls a function of the script. Returns its answer, or `{ error, kind }` if the function raises an exception. */
  async ask<Answer>(call: string, request: object): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify({ call, ...request })}\n`);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new Error(`the oracle ended: ${this.#errors}`);
    return JSON.parse(value) as Answer;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    await ended;
  }
}
