import type { RecordingView } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";
import type { BoundedText } from "./bounded-text.ts";
import { LineLog, type LogBridgeOptions } from "./line-log.ts";
import { writeArguments } from "./write-arguments.ts";

/** The methods that are captured, and the levels of their lines. */
const LEVELS = {
  assert: "ERROR",
  debug: "DEBUG",
  dir: "INFO",
  dirxml: "INFO",
  error: "ERROR",
  group: "INFO",
  groupCollapsed: "INFO",
  info: "INFO",
  log: "INFO",
  table: "INFO",
  trace: "TRACE",
  warn: "WARN",
} as const satisfies Readonly<Record<string, ConsoleLevel>>;

type Method = keyof typeof LEVELS;
/** The prefix of the SDK's own messages: logging them could cause more of them, endlessly. */
const OWN_PREFIX = "[rerun] ";
/**
 * The prefixes of the viewer's own lines in the shared console. Logging them would make the viewer show them, and
 * comment on them again.
 */
const VIEWER_LINE = /^ *(?:TRACE|DEBUG|INFO|WARN|ERROR) (?:re_|egui|eframe|wgpu|naga|winit|walkers|ehttp)[\w:]*: /;

/** A console. Methods that it lacks are not captured. */
export interface ConsoleLike {
  assert?(condition?: boolean, ...data: unknown[]): void;
  debug?(...data: unknown[]): void;
  dir?(item?: unknown, options?: object): void;
  dirxml?(...data: unknown[]): void;
  error?(...data: unknown[]): void;
  group?(...label: unknown[]): void;
  groupCollapsed?(...label: unknown[]): void;
  info?(...data: unknown[]): void;
  log?(...data: unknown[]): void;
  table?(tabularData?: unknown, properties?: string[]): void;
  trace?(...data: unknown[]): void;
  warn?(...data: unknown[]): void;
}

/** Options of {@link captureConsole}. `entityPath` is `"logs/console"` by default. */
export interface CaptureConsoleOptions extends LogBridgeOptions {
  /** The console to capture. Default: `globalThis.console`. */
  console?: ConsoleLike | undefined;
  /** The levels that are logged: `"TRACE"`, `"DEBUG"`, `"INFO"`, `"WARN"`, `"ERROR"`. Default: all. */
  levels?: readonly ConsoleLevel[] | undefined;
}

/** The level of a line of the console. */
export type ConsoleLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR";

const KNOWN: Readonly<Record<keyof CaptureConsoleOptions, 1>> = {
  entityPath: 1,
  maxTextLength: 1,
  console: 1,
  levels: 1,
};

/**
 * Logs the program's console output, which is shown as before. It logs calls of `console.debug`, `log`, `info`, `warn`,
 * `error` and `trace` (without the stack), of `dir`, `dirxml` and `table`, of `group` with a label, and of `assert` if
 * it fails, each as a {@link TextLog}. Calls of `count`, `timeLog` and `timeEnd` are logged on Node only. Objects are
 * written much like JSON, errors with their stack. The messages of the SDK, and of a viewer in the page, are omitted.
 *
 * @param recording the recording to log to. Default: the global recording
 * @returns a function that stops the capture and restores the original methods, unless they have been replaced since
 * @throws {TypeError} if an option is invalid. Calls of the console never throw because of the capture.
 *
 * @example
 * const restore = rr.captureConsole(rec, { entityPath: "logs/app" });
 * console.warn("%d of %d frames were late", 3, 60, { camera: "left" });
 * restore();
 */
export function captureConsole(recording?: RecordingView, options?: CaptureConsoleOptions): () => void {
  const setup = { owner: "captureConsole", defaultPath: "logs/console", recording, options, known: KNOWN };
  const lines = new LineLog(setup);
  const { console: target = globalThis.console } = options ?? {};
  checkConsole(target);
  const levels = checkLevels(options?.levels);
  let isCapturing = true;
  /** Some console methods call others: each call of the program is logged once. */
  let isInside = false;

  const undo = (Object.keys(LEVELS) as Method[]).map((method) =>
    replaceMethod(target, method, (original) => (...data) => {
      if (!isCapturing || isInside) return original(...data);
      isInside = true;
      try {
        original(...data);
        if (levels.includes(LEVELS[method])) captureCall(method, data, lines);
      } finally {
        isInside = false;
      }
    }),
  );
  return () => {
    isCapturing = false;
    for (const restore of undo) restore();
  };
}

function captureCall(method: Method, data: readonly unknown[], lines: LineLog): void {
  const shown = shownOf(method, data);
  if (shown === undefined || isForeign(shown[0])) return;
  lines.log((text: BoundedText) => {
    writeArguments(shown, text);
    return { level: LEVELS[method] };
  });
}

/** The arguments that a call shows, or `undefined` if it shows nothing. */
function shownOf(method: Method, data: readonly unknown[]): readonly unknown[] | undefined {
  if (method === "assert") return failureOf(data);
  // The others are options of the output.
  if (method === "dir" || method === "table") return data.slice(0, 1);
  const isGroup = method === "group" || method === "groupCollapsed";
  return isGroup && data.length === 0 ? undefined : data;
}

/** Whether a line is none of the program's own. */
function isForeign(line: unknown): boolean {
  return typeof line === "string" && (line.startsWith(OWN_PREFIX) || VIEWER_LINE.test(line));
}

/** The output of `console.assert`, or `undefined` if the condition holds. */
function failureOf([condition, ...data]: readonly unknown[]): readonly unknown[] | undefined {
  if (condition) return undefined;
  const [first, ...rest] = data;
  return typeof first === "string" ? [`Assertion failed: ${first}`, ...rest] : ["Assertion failed", ...data];
}

type Call = (...data: unknown[]) => void;

/** Replaces a method. Returns a function that restores the method, unless it has been replaced again. */
function replaceMethod(target: ConsoleLike, method: Method, wrap: (original: Call) => Call): () => void {
  const original = target[method] as Call | undefined;
  if (typeof original !== "function") return () => {};
  const isOwn = Object.hasOwn(target, method);
  const wrapper = wrap((...data) => original.apply(target, data));
  target[method] = wrapper;
  return () => {
    if (target[method] !== wrapper) return;
    if (isOwn) target[method] = original;
    else delete target[method];
  };
}

function checkLevels(levels: unknown): readonly ConsoleLevel[] {
  const known = [...new Set(Object.values(LEVELS))];
  if (levels === undefined) return known;
  if (Array.isArray(levels) && levels.every((level) => known.includes(level as ConsoleLevel))) return levels;
  const given = Array.isArray(levels) ? levels.find((level) => !known.includes(level as ConsoleLevel)) : levels;
  throw new TypeError(`\`levels\` must be a list of ${known.join(", ")}, got ${describeValue(given)}`);
}

function checkConsole(value: ConsoleLike): void {
  if (typeof value === "object" && value !== null && typeof value.log === "function") return;
  throw new TypeError(`\`console\` must be a console, got ${describeValue(value)}`);
}
