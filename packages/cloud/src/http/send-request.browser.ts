import { bytesOf, sizeOf } from "../store/body.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";

/** The slowest connection that counts as progress, as `fetch` does not report any. */
const BYTES_PER_MS = 16;

/** Sends a request by `fetch`. */
export async function sendRequest({
  method,
  url,
  headers,
  body,
  signal,
  timeoutMs,
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
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status, type } = response;
    return { status, headers: response.headers, body: bytes, hidesHeaders: type === "cors" };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function toBodyInit(body: NonNullable<HttpRequest["body"]>): Promise<Blob | Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return "chunks" in body ? bytesOf(body) : body;
}
