import { readFileSync, statSync } from "node:fs";
import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import {
  checkServerOptions,
  describeOpenAccess,
  serverUrl,
  hasPlaceholders,
  RecordingFiles,
  unknownPlaceholders,
  RelayRecorder,
  type RelayRecorderOptions,
  RelayServer,
  type RelayServerOptions,
} from "@rerun-ts/node/relay";
import { checkFsync, type FsyncPolicy, optimizeFile, statOf } from "@rerun-ts/node/files";
import type { WebViewerServer } from "@rerun-ts/node/web-viewer";
import { counted } from "@rerun-ts/core/util";
import { checkEdgeAccess, readAccess } from "./serve-access.ts";
import { datasetOf, type StartDataset } from "./start-dataset.ts";
import type { SERVE } from "./serve-table.ts";
import { dumpsOf, type ServedDumps } from "./serve-dumps.ts";
import { serveStatus } from "./serve-status.ts";
import type { CommandContext } from "./command/command-context.ts";
import type { ValuesOf } from "./command/command-table.ts";
import { checkRecording } from "./command/input-files.ts";
import type { ServedDataset } from "./command/storage-package.ts";
import { oneLine } from "./command/one-line.ts";
import { untilInterrupted } from "./command/until-interrupted.ts";
import { UsageError } from "./command/usage-error.ts";
import { describeBytes } from "@rerun-ts/node/files";
import { messageOf } from "@rerun-ts/core/checks";

/** The time after which a problem counts. */
const UNHEALTHY_SECONDS = 30;
/** Longest time that connected viewers may take to receive the pending data at shutdown. */
const CLOSE_MS = 5000;
/** Longest time that an edge may take at shutdown to store the records of its clients. */
const STORE_MS = 15_000;

type ServeValues = ValuesOf<typeof SERVE>;

/** Runs `rerun-ts serve` until the process is interrupted. @throws {UsageError | TypeError} if an option is wrong */
export async function serve(values: ServeValues, context: CommandContext): Promise<void> {
  const files = values.positionals;
  for (const file of files) checkRecording(file);
  const { server } = settingsOf(values);
  const notice = describeOpenAccess(server, ["--read-token", "--write-token", "--bind"]);
  if (notice !== undefined) warn(notice);
  const fsync = checkFsync("--fsync", values.fsync);
  if (values.save !== undefined) checkOutput(values.save, files, values.overwrite);
  if (values.to !== undefined) checkEdgeAccess(server);
  const startDataset = await datasetOf(values);
  const dumps = dumpsOf(values, warn);
  // Before a file is made: it may have to be downloaded, or be missing.
  const assets = usesViewer(values) ? { assets: await findAssets(values) } : {};
  const loaded = files.flatMap(readRecording);
  const complete: string[] = [];
  const onComplete = (path: string): void => void complete.push(path);
  const recorder =
    values.save === undefined ? undefined : createRecorder(values.save, { fsync, onWarning: warn, onComplete });
  await run({ values: { ...values, ...assets }, context, options: server, loaded, recorder, startDataset, dumps });
  if (recorder === undefined) return;
  if (recorder.failure !== undefined) throw recorder.failure;
  if (recorder.bytes === 0) return console.log(`Nothing was received, so ${values.save} was not written`);
  const what = recorder instanceof RelayRecorder ? values.save : `${recorder.count} files for ${values.save}`;
  console.log(`Wrote ${what} (${describeBytes(recorder.bytes)})`);
  if (values.optimize) await optimizeAll(complete, fsync);
}

function warn(message: string): void {
  console.error(`rerun-ts: ${oneLine(message)}`);
}

/** The settings of the server. @throws {UsageError | TypeError} if one is wrong */
function settingsOf(values: ServeValues): ReturnType<typeof checkServerOptions> {
  return checkServerOptions("rerun-ts serve", {
    port: values.port,
    bindIp: values.bind,
    serverMemoryLimit: values["memory-limit"],
    newestFirst: values["newest-first"],
    corsAllowOrigin: values["cors-allow-origin"],
    allowHosts: values["allow-host"],
    writeToken: values["write-token"],
    readToken: values["read-token"],
    access: values.access === undefined ? undefined : readAccess(values.access, values.dataset),
    tls: readTls(values["tls-key"], values["tls-cert"]),
  });
}

type Recorder = RelayRecorder | RecordingFiles;

interface Run {
  readonly values: ServeValues;
  readonly context: CommandContext;
  readonly options: RelayServerOptions;
  /** The messages of the files, which are moved to the server. */
  readonly loaded: EncodedMessage[];
  readonly recorder: Recorder | undefined;
  readonly startDataset: StartDataset | undefined;
  readonly dumps: ServedDumps | undefined;
}

/** Serves until the process is interrupted, and then stores and sends what is pending. */
async function run({ values, context, options, loaded, recorder, startDataset, dumps }: Run): Promise<void> {
  const server = new RelayServer(options, (reason) => warn(`refused a client: ${reason}`));
  // From before it listens: whoever sees the line that it serves may interrupt it.
  const interrupted = untilInterrupted();
  let viewer: WebViewerServer | undefined;
  let dataset: ServedDataset | undefined;
  let status: Awaited<ReturnType<CommandContext["serveStatus"]>>;
  const limitMs = 1000 * (values["unhealthy-after"] ?? UNHEALTHY_SECONDS);
  try {
    dataset = await startDataset?.({
      onMessage: (message) => server.write(message),
      onWarning: warn,
      limitMs,
    });
    if (dataset?.upstream !== undefined) {
      const { forwardTo } = await import("@rerun-ts/node/relay");
      server.relay.forward(forwardTo(dataset.upstream, server.relay));
    }
    const port = await server.listen();
    const urlFor = (host: string): string => serverUrl({ ...options, bindIp: host }, port);
    const url = urlFor(options.bindIp);
    if (recorder !== undefined) {
      if (recorder instanceof RelayRecorder) recorder.startWithFirstMessage();
      server.relay.record(recorder);
    }
    dumps?.attach(server);
    for (const message of loaded.splice(0)) server.write(message);
    status = await context.serveStatus(() => serveStatus(server.stats(), recorder, dataset?.status()));
    console.log(`Serving at ${url}`);
    console.log(`View with: rerun ${url}`);
    const { printAddresses, serveRelayViewer } = await import("./serve-viewer.ts");
    printAddresses(options.bindIp, urlFor);
    if (usesViewer(values)) {
      viewer = await serveRelayViewer(values, values["web-viewer-port"], urlFor);
      server.access.viewerPort = viewer.port;
    }
    const stopStatus = values.quiet ? () => {} : context.showStatus(statusOf(server, recorder));
    await interrupted;
    stopStatus();
  } finally {
    await status?.stop();
    await viewer?.close();
    await close(server, recorder, dataset);
    await dumps?.close();
  }
}

/** Ends a server in the order in which nothing that it has acknowledged gets lost. */
async function close(
  server: RelayServer,
  recorder: Recorder | undefined,
  dataset: ServedDataset | undefined,
): Promise<void> {
  await dataset?.stop();
  // While clients can still receive the acknowledgement.
  await dataset?.upstream?.drain(CLOSE_MS);
  // Until it has closed, the server acknowledges what it receives: the recorder must store that.
  await server.close(CLOSE_MS);
  recorder?.close();
  const rest = (await dataset?.upstream?.close(STORE_MS)) ?? 0;
  if (rest > 0) warn(`${describeBytes(rest)} are not stored yet; clients that still have them send them again`);
}

/** Optimizes files in their places, one after the other. One that cannot be optimized stays as it is. */
async function optimizeAll(paths: readonly string[], fsync: FsyncPolicy): Promise<void> {
  let [before, after] = [0, 0];
  for (const path of paths) {
    const { size } = statSync(path);
    before += size;
    try {
      await optimizeFile(path, "object-store", fsync);
    } catch (error) {
      warn(`${path} could not be optimized, and stays as it was received: ${messageOf(error)}`);
    }
    after += statSync(path).size;
  }
  console.log(`Optimized ${counted(paths.length, "file")} (${describeBytes(before)} to ${describeBytes(after)})`);
}

/** Records to one file, or to one for each recording. */
function createRecorder(path: string, options: RelayRecorderOptions): Recorder {
  return hasPlaceholders(path) ? new RecordingFiles(path, options) : new RelayRecorder(path, options);
}

function usesViewer(values: ServeValues): boolean {
  return values["web-viewer"] || values["web-viewer-port"] !== undefined;
}

/** The folder of the web viewer, which is unpacked if need be. @throws {RerunError} if there is none */
async function findAssets(values: ServeValues): Promise<string> {
  const { prepareViewer } = await import("@rerun-ts/node/web-viewer");
  return prepareViewer({ webPort: values["web-viewer-port"], assets: values.assets });
}

/**
 * Checks that the output is none of the inputs, and that its previous contents may be overwritten.
 * @throws {UsageError} otherwise
 */
function checkOutput(output: string, files: readonly string[], mayOverwrite: boolean): void {
  if (hasPlaceholders(output)) return checkPattern(output, mayOverwrite);
  const identity = identityOf(output);
  const input = files.find((file) => identity !== undefined && identityOf(file) === identity);
  if (input !== undefined)
    throw new UsageError(`\`--save\` must not be one of the loaded files, got ${output}, loaded as ${input}`);
  const existing = statOf(output);
  if (existing?.isFile() !== true || existing.size === 0 || mayOverwrite) return;
  throw new UsageError(
    `\`--save\` must be a new file unless \`--overwrite\` is given, got ${output}, which has ${describeBytes(existing.size)}`,
  );
}

/** @throws {UsageError} if a placeholder does not exist */
function checkPattern(pattern: string, mayOverwrite: boolean): void {
  const [unknown] = unknownPlaceholders(pattern);
  if (unknown !== undefined)
    throw new UsageError(`\`--save\` may contain {application} and {recording}, got {${unknown}} in ${pattern}`);
  if (mayOverwrite)
    throw new UsageError("`--overwrite` cannot be combined with {application} or {recording}, which use new files");
}

function identityOf(file: string): string | undefined {
  const stats = statOf(file);
  return stats?.isFile() === true ? `${stats.dev}:${stats.ino}` : undefined;
}

/**
 * Reads a recording.
 * @throws {RerunError} `IO_ERROR` if the file cannot be read, `INVALID_FORMAT` if it is not a recording
 */
function readRecording(file: string): EncodedMessage[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read ${file}: ${messageOf(error)}`);
  }
  return readEncodedMessages(bytes);
}

function readTls(key: string | undefined, cert: string | undefined): { key: Buffer; cert: Buffer } | undefined {
  if (key === undefined || cert === undefined) return undefined;
  try {
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read the TLS key or certificate: ${messageOf(error)}`);
  }
}

/** The text of the status line: clients, throughput and totals. */
function statusOf(server: RelayServer, recorder: { readonly bytes: number } | undefined): () => string {
  let before = server.stats().receivedBytes;
  let at = performance.now();
  return () => {
    const stats = server.stats();
    const now = performance.now();
    const rate = ((stats.receivedBytes - before) * 1000) / Math.max(1, now - at);
    [before, at] = [stats.receivedBytes, now];
    return [
      `${stats.writers} writers`,
      `${stats.readers} readers`,
      `${describeBytes(rate)}/s`,
      `${describeBytes(stats.receivedBytes)} received`,
      `${describeBytes(stats.heldBytes)} retained`,
      ...(recorder === undefined ? [] : [`${describeBytes(recorder.bytes)} saved`]),
      ...(stats.droppedReaders === 0 ? [] : [`${stats.droppedReaders} readers disconnected: ${stats.lastDropReason}`]),
      ...(stats.refused === 0 ? [] : [`${stats.refused} rejected`]),
    ].join(" · ");
  };
}
