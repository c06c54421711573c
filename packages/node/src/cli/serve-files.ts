import { open, type FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf } from "@rerun-ts/core/checks";
import type { Handler } from "../web-viewer/viewer-server.ts";

/** The path under which the viewed files are served, each by its index. */
export const FILES_PATH = "/files/";

/** Serves these files and no others: requests name a file by its index, never by its path. */
export function serveFiles(files: readonly string[]): Handler {
  return ({ url = "", method }, response, next) => {
    const index = url.startsWith(FILES_PATH) ? url.slice(FILES_PATH.length).split("/", 1)[0] : undefined;
    const file = index === undefined ? undefined : files[Number(index)];
    if (file === undefined || (method !== "GET" && method !== "HEAD")) return next();
    void sendFile(file, method === "HEAD", response);
  };
}

/**
 * Sends a file with its current size: bytes that are appended meanwhile are not sent. If the file shrinks, the
 * connection is closed early, so that the client notices. The file is closed however the response ends. Never rejects.
 */
async function sendFile(file: string, isHead: boolean, response: ServerResponse): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size } = await handle.stat();
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-length", size);
    if (isHead || size === 0) return void response.end();
    const content = handle.createReadStream({ end: size - 1, autoClose: false });
    await pipeline(content, response, { end: false });
    if (content.bytesRead < size) response.destroy();
    else response.end();
  } catch (error) {
    fail(response, error);
  } finally {
    await handle?.close().catch(() => {});
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.removeHeader("content-length");
  response.statusCode = 404;
  response.end(`${messageOf(error)}\n`);
}
