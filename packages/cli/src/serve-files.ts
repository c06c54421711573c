import { open, type FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf } from "@rerun-ts/core/checks";
import type { Handler } from "@rerun-ts/node/web-viewer";

/** The path under which the viewed files are served, each by its index. */
export const FILES_PATH = "/files/";

/** Serves these files and no others: requests name a file by its index, never by its path. */
export function serveFiles(files: readonly string[]): Handler {
  return (request, response, next) => {
    const { url = "", method } = request;
    const index = url.startsWith(FILES_PATH) ? url.slice(FILES_PATH.length).split("/", 1)[0] : undefined;
    const file = index === undefined ? undefined : files[Number(index)];
    if (file === undefined || (method !== "GET" && method !== "HEAD")) return next();
    void sendFile(file, request, response);
  };
}

/**
 * Sends a file with its current size: bytes that are appended meanwhile are not sent. If the file shrinks, the
 * connection is closed early, so that the client notices. The file is closed however the response ends. Never rejects.
 */
async function sendFile(file: string, { method, socket }: IncomingMessage, response: ServerResponse): Promise<void> {
  let handle: FileHandle | undefined;
  // A response that waits for another one on the same connection does not notice that the connection ends.
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  // Any number of them may wait.
  socket.setMaxListeners(0).once("close", abort);
  try {
    handle = await open(file);
    const { size } = await handle.stat();
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-length", size);
    if (method === "HEAD" || size === 0) return void response.end();
    const content = handle.createReadStream({ end: size - 1, autoClose: false });
    if (socket.destroyed) abort();
    await pipeline(content, response, { end: false, signal: ended.signal });
    if (content.bytesRead < size) response.destroy();
    else response.end();
  } catch (error) {
    fail(response, error);
  } finally {
    socket.off("close", abort);
    await handle?.close().catch(() => {});
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.removeHeader("content-length");
  response.statusCode = 404;
  response.end(`${messageOf(error)}\n`);
}
