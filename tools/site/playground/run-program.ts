// Runs a program in a worker or a frame of its own. Posts the messages of its recordings to the page.
import * as rr from "@rerun-ts/web";
import * as blueprint from "@rerun-ts/web/blueprint";
import type { CompiledProgram } from "./compiled-program.ts";
import type { ConsoleLevel, FromProgram } from "./run-messages.ts";

/** The number of bytes that a program may log. The page keeps them until the next program runs. */
const MAX_BYTES = 64 * 2 ** 20;
/**
 * The number of lines and failures that the worker posts to the page: a loop could post them faster than any page reads
 * them.
 */
const MAX_LINES = 5000;
const LEVELS: readonly ConsoleLevel[] = ["log", "warn", "error"];

const recordings: rr.RecordingStream[] = [];
let postedBytes = 0;
let postedLines = 0;

/** A recording whose data goes to the page. */
class PlaygroundRecording extends rr.RecordingStream {
  constructor(...args: ConstructorParameters<typeof rr.RecordingStream>) {
    super(...args);
    recordings.push(this);
    void this.setSink(new PageSink());
  }
}

/** Posts messages to the page. */
class PageSink extends rr.CallbackSink {
  constructor() {
    super(() => {});
  }

  override send(message: rr.types.EncodedMessage): void {
    const isWithin = postedBytes <= MAX_BYTES;
    postedBytes += message.payload.byteLength;
    if (!isWithin) return;
    if (postedBytes <= MAX_BYTES) post({ type: "message", message: { ...message, payload: message.payload.slice() } });
    else fail(new Error(`the program has logged more than ${MAX_BYTES / 2 ** 20} MiB: the rest is dropped`));
  }
}

/** The modules that programs import. */
let modules: Readonly<Record<string, object>> = {
  "@rerun-ts/web": { ...rr, RecordingStream: PlaygroundRecording },
  "@rerun-ts/web/blueprint": blueprint,
};
let programUrl = "";
let post: (message: FromProgram) => void = () => {};

/**
 * Runs a program.
 *
 * @param onMessage posts its messages to the page
 * @param furtherModules the modules that it may import besides those for all places
 */
export async function runProgram(
  program: CompiledProgram,
  onMessage: (message: FromProgram) => void,
  furtherModules: Readonly<Record<string, object>> = {},
): Promise<void> {
  post = onMessage;
  modules = { ...modules, ...furtherModules };
  forwardConsole();
  addEventListener("error", (event) => {
    event.preventDefault();
    fail(event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });
  try {
    programUrl = moduleUrl(resolveImports(program));
    await import(/* @vite-ignore */ programUrl);
  } catch (error) {
    fail(error);
  }
  await Promise.all(recordings.map((recording) => recording.flush()));
  post({ type: "finished" });
}

/** The program with the addresses of the modules that it imports. */
function resolveImports({ code, imports }: CompiledProgram): string {
  let resolved = code;
  for (const { start, end, name } of imports.toReversed()) {
    const module = modules[name];
    const names = Object.keys(modules).join(" and ");
    if (module === undefined) throw new Error(`Programs in this page can import ${names}, not "${name}".`);
    resolved = `${resolved.slice(0, start)}${JSON.stringify(urlOfModule(name, module))}${resolved.slice(end)}`;
  }
  return resolved;
}

/** Returns the address of a module that exports the properties of an object. */
function urlOfModule(name: string, module: object): string {
  const exported = ((globalThis as { playground?: Record<string, object> }).playground ??= {});
  exported[name] = module;
  const names = Object.keys(module).join(", ");
  return moduleUrl(`export const { ${names} } = globalThis.playground[${JSON.stringify(name)}];`);
}

function moduleUrl(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

function fail(error: unknown): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `Uncaught: ${String(error)}`;
  postLine({ type: "failed", text, line: error instanceof Error ? lineOf(error) : undefined });
}

/** The line of the program in which an error occurred, or from which the call came that failed. */
function lineOf({ stack = "" }: Error): number | undefined {
  const start = programUrl === "" ? -1 : stack.indexOf(`${programUrl}:`);
  return start < 0 ? undefined : Number.parseInt(stack.slice(start + programUrl.length + 1), 10);
}

function forwardConsole(): void {
  for (const level of LEVELS) {
    console[level] = (...values: unknown[]): void => postLine({ type: "console", level, text: textOfLine(values) });
  }
  console.info = console.log;
  console.debug = console.log;
}

/**
 * Returns the text that a call of the console writes, in which `%d` and the like stand for the values after the first.
 */
function textOfLine([first, ...others]: readonly unknown[]): string {
  const format = typeof first === "string" ? first : textOf(first);
  const text = format.replaceAll(/%[sdifoOj]/g, (place) => (others.length === 0 ? place : textOf(others.shift())));
  return [text, ...others.map(textOf)].join(" ");
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return String(value);
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function postLine(message: FromProgram): void {
  postedLines++;
  if (postedLines < MAX_LINES) post(message);
  else if (postedLines === MAX_LINES) post({ type: "console", level: "warn", text: "Further lines are not shown." });
}
