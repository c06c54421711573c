import { setMaxListeners } from "node:events";
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { sizeOf } from "../store/body.ts";
import { FileSource, readBody } from "../store/file-source.ts";
import type { ObjectBody } from "../store/object-store.ts";
import { Progress } from "./progress.ts";
import { MAX_ANSWER_BYTES, endlessAnswer, type HttpRequest, type HttpResponse } from "./http-request.ts";

// Idle connections stay open for later requests, but do not keep the program alive.
const AGENT = { keepAlive: true, maxFreeSockets: 64, timeout: 60_000 };
const httpAgent = new HttpAgent(AGENT);
const httpsAgent = new HttpsAgent(AGENT);

/**
 * Sends a request by the modules of Node, without following redirects: bodies are sent from files, and authorities can
 * be chosen. Rejects with any error if there is no complete response. Its message has neither headers nor the query of
 * the URL.
 */
export async function sendRequest(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, body, signal, timeoutMs, ca } = request;
  signal?.throwIfAborted();
  // Node would warn about a signal that many requests use at the same time.
  if (signal !== undefined) setMaxListeners(0, signal);
  const headers = Object.fromEntries(request.headers);
  if (body !== undefined) headers["content-length"] = String(sizeOf(body));
  const options = { method, headers, timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const isSecure = url.protocol === "https:";
  const call = isSecure
    ? requestHttps(url, { ...options, agent: httpsAgent, ...(ca === undefined ? {} : { ca }) })
    : requestHttp(url, { ...options, agent: httpAgent });
  const progress = new Progress(call, timeoutMs);
  const answered = answerTo(call, request.isObject === true)
    .catch((error: unknown) => Promise.reject(progress.failure ?? (error as Error)))
    .finally(() => progress.end());
  // A response that comes before the body is sent decides the result.
  answered.catch(() => {});
  try {
    if (body === undefined) call.end();
    else await Promise.race([writeBody(call, body), answered]);
  } catch (error) {
    // A server that rejects a body closes the connection, but its response may have arrived.
    if (!call.destroyed) call.destroy(error as Error);
    return await answered.catch(() => Promise.reject(progress.failure ?? (error as Error)));
  }
  const response = await answered;
  if (!call.writableEnded) call.destroy();
  return response;
}

async function writeBody(call: ClientRequest, body: ObjectBody): Promise<void> {
  let onClose = (): void => {};
  call.on("close", () => onClose());
  const isReused = body instanceof FileSource;
  for await (const piece of readBody(body)) {
    if (call.destroyed) throw new Error("the connection was closed");
    await new Promise<void>((resolve) => {
      onClose = resolve;
      const hasRoom = call.write(piece, () => resolve());
      if (hasRoom && !isReused) resolve();
    });
  }
  call.end();
}

function answerTo(call: ClientRequest, isObject: boolean): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error("the connection was closed"));
    call.on("error", reject);
    call.once("close", onClose);
    call.once("response", (response) => {
      call.off("close", onClose);
      resolve(readAll(response, isObject));
    });
  });
}

async function readAll(response: IncomingMessage, isObject: boolean): Promise<HttpResponse> {
  const pieces: Uint8Array[] = [];
  const isLimited = !isObject || response.headers["content-length"] === undefined;
  let left = MAX_ANSWER_BYTES;
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    left -= piece.byteLength;
    if (isLimited && left < 0) throw endlessAnswer();
  }
  if (!response.complete) throw new Error("the connection was closed within the answer");
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
  const [first, ...more] = pieces;
  const body = first !== undefined && more.length === 0 ? first : Buffer.concat(pieces);
  return { status: response.statusCode ?? 0, headers, body };
}
