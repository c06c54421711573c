import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { checkServerOptions, serverUrl } from "../relay/grpc-server-options.ts";
import { RelayServer } from "../relay/relay-server.ts";
import { serveWebViewer, type WebViewerServer } from "../web-viewer/serve-web-viewer.ts";
import { interruption } from "./interruption.ts";
import { numberOf } from "./number-of.ts";
import { RelayRecorder } from "./relay-recorder.ts";
import { describeBytes, showStatus } from "./status-line.ts";
import { UsageError } from "./usage-error.ts";

const FLAGS = {
  port: { type: "string" },
  bind: { type: "string" },
  save: { type: "string" },
  "memory-limit": { type: "string" },
  "newest-first": { type: "boolean" },
  "web-viewer": { type: "boolean" },
  "web-viewer-port": { type: "string" },
  "no-open": { type: "boolean" },
  "write-token": { type: "string" },
  "read-token": { type: "string" },
  "cors-allow-origin": { type: "string", multiple: true },
  "allow-host": { type: "string", multiple: true },
  "tls-key": { type: "string" },
  "tls-cert": { type: "string" },
  quiet: { type: "boolean" },
} as const;

/** How long viewers may take to get the rest when it ends. */
const CLOSE_MS = 5000;

/** `rerun-ts serve`. */
export async function serve(args: string[]): Promise<void> {
  const { values, positionals: files } = parseArgs({ args, allowPositionals: true, options: FLAGS });
  const { env } = process;
  const settings = checkServerOptions("rerun-ts serve", {
    port: numberOf("--port", values.port),
    bindIp: values.bind,
    serverMemoryLimit: values["memory-limit"],
    newestFirst: values["newest-first"],
    corsAllowOrigin: values["cors-allow-origin"],
    allowHosts: values["allow-host"],
    writeToken: values["write-token"] ?? nonEmpty(env["RERUN_WRITE_TOKEN"]),
    readToken: values["read-token"] ?? nonEmpty(env["RERUN_READ_TOKEN"]),
    tls: readTls(values["tls-key"], values["tls-cert"]),
  });
  const warn = (message: string): void => console.error(`rerun-ts: ${message}`);
  for (const notice of settings.notices) warn(notice);

  const server = new RelayServer(settings.server);
  for (const file of files) load(server, file);
  const recorder = values.save === undefined ? undefined : new RelayRecorder(values.save, server.relay, warn);
  let viewer: WebViewerServer | undefined;
  try {
    const url = serverUrl(settings.server, await server.listen());
    console.log(`Serving at ${url}`);
    console.log(`Look at it with: rerun ${url}`);
    if (values["web-viewer"] === true || values["web-viewer-port"] !== undefined)
      viewer = await serveViewer(url, values);
    const stopStatus = values.quiet === true ? () => {} : showStatus(statusOf(server, recorder));
    await interruption();
    stopStatus();
  } finally {
    await viewer?.close();
    recorder?.close();
    await server.close(CLOSE_MS);
  }
  if (recorder === undefined) return;
  if (recorder.failure !== undefined) throw recorder.failure;
  console.log(`Wrote ${values.save} (${describeBytes(recorder.bytes)})`);
}

async function serveViewer(
  url: string,
  values: { "web-viewer-port"?: string; bind?: string; "no-open"?: boolean },
): Promise<WebViewerServer> {
  const viewer = await serveWebViewer({
    webPort: numberOf("--web-viewer-port", values["web-viewer-port"]),
    bindIp: values.bind,
    openBrowser: values["no-open"] !== true,
    connectTo: url,
  });
  console.log(`The web viewer is at ${viewer.url}`);
  return viewer;
}

/** Puts what a file holds into the relay. */
function load(server: RelayServer, file: string): void {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new RerunError("FILE", `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const message of readEncodedMessages(bytes)) server.write(message);
}

function readTls(key: string | undefined, cert: string | undefined): { key: Buffer; cert: Buffer } | undefined {
  if (key === undefined && cert === undefined) return undefined;
  if (key === undefined || cert === undefined) throw new UsageError("`--tls-key` and `--tls-cert` go together");
  try {
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch (error) {
    throw new RerunError("FILE", `cannot read the key or the certificate: ${String(error)}`);
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** What is going on, in one line. */
function statusOf(server: RelayServer, recorder: RelayRecorder | undefined): () => string {
  let before = server.stats().receivedBytes;
  let at = performance.now();
  return () => {
    const stats = server.stats();
    const now = performance.now();
    const rate = ((stats.receivedBytes - before) * 1000) / Math.max(1, now - at);
    [before, at] = [stats.receivedBytes, now];
    const readers = stats.readers - (recorder === undefined ? 0 : 1);
    return [
      `${stats.writers} writing`,
      `${readers} reading`,
      `${describeBytes(rate)}/s in`,
      `${describeBytes(stats.receivedBytes)} received`,
      `${describeBytes(stats.heldBytes)} kept`,
      ...(recorder === undefined ? [] : [`${describeBytes(recorder.bytes)} saved`]),
      ...(stats.droppedReaders === 0 ? [] : [`${stats.droppedReaders} readers dropped: ${stats.lastDropReason}`]),
      ...(stats.refused === 0 ? [] : [`${stats.refused} refused`]),
    ].join(" · ");
  };
}
