import type { EncodedMessage } from "@rerun-ts/core";
import type { CompiledProgram } from "./compiled-program.ts";
import type { ConsoleLevel, FromProgram } from "./run-messages.ts";

/** Receives the messages, the output and the end of a program. */
export interface ProgramEvents {
  onMessage(message: EncodedMessage): void;
  onConsole(level: ConsoleLevel, text: string): void;
  /** The program has failed; `line` is a line of the editor, from 1, if it is known. */
  onFailure(text: string, line: number | undefined): void;
  onFinished(): void;
}

/** Runs a program in a worker of its own until the page stops it. */
export class ProgramRun {
  readonly #worker: Worker;

  constructor(program: CompiledProgram, events: ProgramEvents) {
    this.#worker = new Worker(new URL("./run-worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromProgram>) => {
      if (data.type === "message") events.onMessage(data.message);
      else if (data.type === "console") events.onConsole(data.level, data.text);
      else if (data.type === "failed") events.onFailure(data.text, lineInEditor(program, data.line));
      else events.onFinished();
    });
    this.#worker.addEventListener("error", () => events.onFailure("The program could not be started.", undefined));
    this.#worker.postMessage(program);
  }

  /** Ends the program, even in an endless loop. */
  stop(): void {
    this.#worker.terminate();
  }
}

function lineInEditor({ lines }: CompiledProgram, line: number | undefined): number | undefined {
  return line === undefined ? undefined : lines[line - 1] || undefined;
}
