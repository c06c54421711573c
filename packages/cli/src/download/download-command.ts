import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError, parseProxyUrl } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { ServerMessage } from "@rerun-ts/core/decode";
import type { ValuesOf } from "../command/command-table.ts";
import { checkRecording } from "../command/input-files.ts";
import { untilInterrupted } from "../command/until-interrupted.ts";
import { makeFolder, writeOutput } from "../rrd/rrd-output.ts";
import { runRerun } from "../run-rerun.ts";
import { showStatus } from "../command/status-line.ts";
import { describeBytes } from "@rerun-ts/node/files";
import type { DOWNLOAD } from "./download-table.ts";
import { readServer } from "./read-server.ts";
import { recordingFile } from "./recording-file.ts";

/** The name of a file whose URL has none. */
const FALLBACK = "output";
/** The first bytes of recordings. */
const RECORDING = "RRF";

/** Runs `rerun-ts download`, which saves recordings as files. */
export async function download(values: ValuesOf<typeof DOWNLOAD>): Promise<void> {
  const { "output-dir": folder = ".", "idle-timeout": idleSeconds = Infinity, positionals } = values;
  await makeFolder(folder);
  const stop = new AbortController();
  void untilInterrupted().then(() => stop.abort());
  const names = new Set<string>();
  for (const url of positionals) {
    if (stop.signal.aborted) return;
    if (isInCatalog(url)) {
      const reason = `cannot download ${url}: it is in a catalog, which takes the program \`rerun\``;
      await runRerun(["download", url, "--output-dir", folder], reason);
      console.log(`Saved ${url} in ${folder}`);
      continue;
    }
    const path = join(folder, freeName(url, names));
    console.log(`Downloading ${url} …`);
    await save(url, path, stop.signal, idleSeconds * 1000);
    console.log(`Saved ${path}`);
  }
}

/** Whether a URL belongs to a server that is not a proxy. */
function isInCatalog(url: string): boolean {
  return /^rerun(?:\+https?)?:\/\//i.test(url) && !/\/proxy\/*$/.test(url);
}

/** A name for a file that no other URL has: the last part of the URL's path, or `output.rrd`. */
function freeName(url: string, taken: Set<string>): string {
  const path = /^[a-z][a-z+]*:\/\//i.test(url) ? new URL(url).pathname : url;
  const [, stem = FALLBACK, extension = ".rrd"] = /^(.+)(\.r(?:rd|bl))$/i.exec(decodedName(path)) ?? [];
  for (let count = 1; ; count++) {
    const name = `${stem}${count === 1 ? "" : `-${count}`}${extension}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function decodedName(path: string): string {
  try {
    return basename(decodeURIComponent(basename(path)));
  } catch {
    return basename(path);
  }
}

/** Saves the messages of a URL. If the server fails, the file keeps the messages before the failure. */
async function save(url: string, path: string, signal: AbortSignal, idleMs: number): Promise<void> {
  const failures: unknown[] = [];
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of contentsOf(url, signal, idleMs, (error) => failures.push(error))) {
      bytes += piece.byteLength;
      yield piece;
    }
  }
  const hide = showStatus(() => `${url}: ${describeBytes(bytes)}`);
  try {
    await writeOutput(path, counted());
  } finally {
    hide();
  }
  if (failures.length > 0) throw failures[0];
}

function contentsOf(
  url: string,
  signal: AbortSignal,
  idleMs: number,
  onFailure: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  if (/^https?:/i.test(url)) return fetchRecording(url, signal);
  if (/\/proxy\/*$/.test(url)) return recordingFile(readUntilIdle(url, signal, idleMs, onFailure));
  const path = /^file:/i.test(url) ? fileURLToPath(url) : url;
  checkRecording(path);
  return createReadStream(path);
}

/**
 * The bytes of a recording at an HTTP URL. Rejects with `CONNECTION`, or `INVALID_FORMAT` if the response is no
 * recording.
 */
async function* fetchRecording(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const failed = (reason: string, cause?: unknown): RerunError =>
    new RerunError("CONNECTION", `cannot download ${url}: ${reason}`, { cause });
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw failed(causeOf(error), error);
  });
  if (!response.ok || response.body === null) throw failed(`the server responded with HTTP ${response.status}`);
  let start = "";
  try {
    for await (const piece of response.body) {
      if (start.length < RECORDING.length) {
        start = (start + Buffer.from(piece).subarray(0, RECORDING.length).toString("latin1")).slice(
          0,
          RECORDING.length,
        );
        if (!RECORDING.startsWith(start)) break;
      }
      yield piece;
    }
  } catch (error) {
    throw failed(causeOf(error), error);
  }
  if (start !== RECORDING)
    throw new RerunError("INVALID_FORMAT", `${url} is not a Rerun recording (wrong file header)`);
}

/** The reason of a failed `fetch`, which is the cause of its error. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

/**
 * Yields the messages of a server until the signal fires, the server fails, or no message has arrived for some time.
 */
async function* readUntilIdle(
  url: string,
  signal: AbortSignal,
  idleMs: number,
  onFailure: (error: unknown) => void,
): AsyncGenerator<ServerMessage> {
  const idle = new AbortController();
  const startTimer = (): ReturnType<typeof setTimeout> | undefined =>
    idleMs === Infinity ? undefined : setTimeout(() => idle.abort(), idleMs);
  let timer = startTimer();
  let isEmpty = true;
  try {
    for await (const message of readServer(parseProxyUrl(url), AbortSignal.any([signal, idle.signal]))) {
      isEmpty = false;
      clearTimeout(timer);
      yield message;
      timer = startTimer();
    }
  } catch (error) {
    if (isEmpty) throw error;
    onFailure(error);
  } finally {
    clearTimeout(timer);
  }
}
