import { readFile } from "node:fs/promises";
import { messageOf } from "@rerun-ts/core/checks";
import type * as fflate from "fflate";
import type { TestRecording } from "./test-recording.ts";

/** The relevant lines of a trace, as written by Playwright 1.40 to 1.65. */
type TraceLine =
  | { readonly type: "context-options"; readonly wallTime: number; readonly monotonicTime: number }
  | {
      readonly type: "console";
      readonly messageType: string;
      readonly text: string;
      readonly time: number;
      readonly location?: { readonly url: string; readonly lineNumber: number };
    }
  | {
      readonly type: "event";
      readonly method: string;
      readonly time: number;
      readonly params?: {
        readonly error?: { readonly error?: { readonly stack?: string; readonly message?: string } };
      };
    }
  | { readonly type: "screencast-frame"; readonly timestamp: number; readonly file?: string; readonly sha1?: string }
  | { readonly type: "resource-snapshot"; readonly snapshot: NetworkEntry };

/** A request, as in HAR files. */
interface NetworkEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: number; readonly content?: { readonly size?: number } };
}

type Clock = (monotonicMs: number) => number;

const FIRST_ERROR = 400;
/** Files of a trace with a JSON object in each line. */
const LINES = /\.(?:trace|network)$/;
const LOGGED = /\.(?:trace|network|jpe?g|png)$/;

/**
 * Logs the console, the requests and the frames of a trace of Playwright. Without the package `fflate` it logs nothing.
 *
 * @returns why it could not be read, if so
 */
export async function logTrace(recording: TestRecording, path: string): Promise<string | undefined> {
  let zip: typeof fflate;
  try {
    zip = await import("fflate");
  } catch {
    return "traces need a package: npm install --save-dev fflate";
  }
  try {
    const files = zip.unzipSync(await readFile(path), { filter: ({ name }) => LOGGED.test(name) });
    for (const [name, bytes] of Object.entries(files)) {
      // The runner's trace has the steps, which Playwright also passes to the reporter.
      if (!LINES.test(name) || name === "test.trace") continue;
      const lines = parse(zip.strFromU8(bytes));
      const clock = clockOf(lines);
      for (const line of lines) logLine(recording, line, clock, files);
    }
    return undefined;
  } catch (error) {
    return `the trace ${path} cannot be read: ${messageOf(error)}`;
  }
}

function parse(text: string): readonly TraceLine[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as TraceLine]));
}

/** The trace counts time from the start of a process, and states that start once. */
function clockOf(lines: readonly TraceLine[]): Clock {
  const start = lines.find((line) => line.type === "context-options");
  return start === undefined ? (time) => time : (time) => start.wallTime + time - start.monotonicTime;
}

function logLine(
  recording: TestRecording,
  line: TraceLine,
  clock: Clock,
  files: Readonly<Record<string, Uint8Array>>,
): void {
  if (line.type === "console") {
    const { url, lineNumber } = line.location ?? { url: "", lineNumber: 0 };
    const place = url === "" ? "" : ` (${url}:${lineNumber + 1})`;
    recording.text("/console", clock(line.time), `${line.text}${place}`, levelOf(line.messageType));
  } else if (line.type === "event" && line.method === "pageError") {
    const { stack, message = "an error of the page" } = line.params?.error?.error ?? {};
    recording.text("/console", clock(line.time), stack ?? message, "ERROR");
  } else if (line.type === "screencast-frame") {
    const frame = files[line.file ?? `resources/${line.sha1}`];
    if (frame !== undefined) recording.image("/screen", clock(line.timestamp), frame);
  } else if (line.type === "resource-snapshot") {
    const { request, response, startedDateTime, time } = line.snapshot;
    const size = response.content?.size === undefined ? "" : `, ${response.content.size} bytes`;
    const text = `${request.method} ${request.url} → ${response.status} (${Math.round(time)} ms${size})`;
    const isError = response.status <= 0 || response.status >= FIRST_ERROR;
    recording.text("/network", Date.parse(startedDateTime), text, isError ? "ERROR" : "INFO");
  }
}

function levelOf(messageType: string): "ERROR" | "WARN" | "INFO" | "DEBUG" {
  if (messageType === "error" || messageType === "assert") return "ERROR";
  if (messageType === "warning") return "WARN";
  return messageType === "debug" ? "DEBUG" : "INFO";
}
