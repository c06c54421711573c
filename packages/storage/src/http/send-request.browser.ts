import { isUint8Array } from "@rerun-ts/core/checks";
import { concatBytes } from "@rerun-ts/core/util";
import { collectSource, sizeOf } from "../store/body.ts";
import { MAX_ANSWER_BYTES, endlessAnswer, type HttpRequest, type HttpResponse } from "./http-request.ts";

/** The slowest connection that counts as progress, as `fetch` does not report any. */
const BYTES_PER_MS = 16;

/** Sends a request by `fetch`, without following redirects. Rejects with any error if there is no complete response. */
export async function sendRequest({
  method,
  url,
  headers,
  body,
  signal,
  timeoutMs,
  isObject = false,
}: HttpRequest): Promise<HttpResponse> {
  const ended = new AbortController();
  const limitMs = timeoutMs + (body === undefined ? 0 : sizeOf(body) / BYTES_PER_MS);
  const timer = setTimeout(
    () => ended.abort(new Error(`no answer within ${Math.ceil(limitMs / 1000)} seconds`)),
    limitMs,
  );
  const abort = (): void => ended.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : await toBodyInit(body),
      signal: ended.signal,
      credentials: "omit",
      redirect: "manual",
      cache: "no-store",
    });
    const bytes = await readAll(response, isObject);
    const { status, type } = response;
    return { status, headers: response.headers, body: bytes, hidesHeaders: type === "cors" };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function readAll(response: Response, isObject: boolean): Promise<Uint8Array> {
  const isWhole = response.body === null || (isObject && response.headers.has("content-length"));
  const reader = isWhole ? undefined : response.body?.getReader();
  if (reader === undefined) return new Uint8Array(await response.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let left = MAX_ANSWER_BYTES;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    left -= next.value.byteLength;
    if (left >= 0) continue;
    void reader.cancel().catch(() => {});
    throw endlessAnswer();
  }
  return concatBytes(pieces);
}

async function toBodyInit(body: NonNullable<HttpRequest["body"]>): Promise<Blob | Uint8Array<ArrayBuffer>> {
  if (isUint8Array(body)) return body as Uint8Array<ArrayBuffer>;
  return "chunks" in body ? collectSource(body) : body;
}
