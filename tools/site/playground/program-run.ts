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

/** The module whose programs need a document. */
const PAGE_MODULE = "@rerun-ts/replay";
const NOT_STARTED = "The program could not be started.";

/** Whether a program needs a document, which workers lack. */
export function needsPage({ imports }: CompiledProgram): boolean {
  return imports.some(({ name }) => name === PAGE_MODULE);
}

/** Runs a program in a worker of its own, or in a frame if it needs a document, until the page stops it. */
export class ProgramRun {
  /** Ends the program: in a worker even in an endless loop. */
  readonly stop: () => void;

  /** @param place the element for the frame of a program that needs a document */
  constructor(program: CompiledProgram, events: ProgramEvents, place: HTMLElement) {
    const onMessage = (data: FromProgram): void => {
      if (data.type === "message") events.onMessage(data.message);
      else if (data.type === "console") events.onConsole(data.level, data.text);
      else if (data.type === "failed") events.onFailure(data.text, lineInEditor(program, data.line));
      else events.onFinished();
    };
    const onError = (): void => events.onFailure(NOT_STARTED, undefined);
    this.stop = needsPage(program)
      ? runInFrame(program, onMessage, onError, place)
      : runInWorker(program, onMessage, onError);
  }
}

function runInWorker(
  program: CompiledProgram,
  onMessage: (message: FromProgram) => void,
  onError: () => void,
): () => void {
  const worker = new Worker(new URL("./run-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<FromProgram>) => onMessage(data));
  worker.addEventListener("error", onError);
  worker.postMessage(program);
  return () => worker.terminate();
}

/** The frame has an origin of its own, from which the program cannot reach the page. */
function runInFrame(
  program: CompiledProgram,
  onMessage: (message: FromProgram) => void,
  onError: () => void,
  place: HTMLElement,
): () => void {
  const frame = document.createElement("iframe");
  frame.title = "The page of the program";
  frame.setAttribute("sandbox", "allow-scripts allow-forms");
  const end = new AbortController();
  addEventListener(
    "message",
    ({ source, data }: MessageEvent<FromProgram>) => {
      if (source === frame.contentWindow) onMessage(data);
    },
    { signal: end.signal },
  );
  frame.addEventListener("error", onError);
  frame.addEventListener("load", () => frame.contentWindow?.postMessage(program, "*"));
  frame.src = "frame.html";
  place.replaceChildren(frame);
  return () => {
    end.abort();
    frame.remove();
  };
}

function lineInEditor({ lines }: CompiledProgram, line: number | undefined): number | undefined {
  return line === undefined ? undefined : lines[line - 1] || undefined;
}
