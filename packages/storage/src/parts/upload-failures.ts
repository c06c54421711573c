import type { RerunError } from "@rerun-ts/core";

/** Warns of failures to send parts: once until something is sent, and when the number of refused parts doubles. */
export class UploadFailures {
  readonly #where: string;
  readonly #warn: (text: string) => void;
  #isReported = false;

  /** @param where the place of the parts for the warning, such as " in /spool", or nothing */
  constructor(where: string, warn: (text: string) => void) {
    this.#where = where;
    this.#warn = warn;
  }

  report(error: RerunError): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#warn(`${error.message}; parts are kept${this.#where}, and tried again`);
  }

  /** A part was refused, while uploads of others continue. */
  reportRefused(error: RerunError, name: string, count: number): void {
    if ((count & (count - 1)) !== 0) return;
    const what = count === 1 ? "1 part is refused and kept" : `${count} parts are refused and kept`;
    this.#warn(`${what}${this.#where}, and tried again; the last one is ${name}: ${error.message}`);
  }

  /** Something was sent: the next failure is another one. */
  reset(): void {
    this.#isReported = false;
  }
}
