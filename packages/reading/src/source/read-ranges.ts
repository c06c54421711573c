import { RerunError, isRerunError } from "@rerun-ts/core";
import { maskUrl, messageOf, isError } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";
import { collect } from "./collect.ts";
import { fromBytes, type RandomAccess, type ReadOptions } from "./random-access.ts";

/** The requests for the ranges of a file. */
export interface FromUrlOptions extends ReadOptions {
  /** Headers of the requests. Default: none. */
  headers?: RequestInit["headers"] | undefined;
  /** The function for requests. Default: the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** The size of the first request. */
const FIRST_BYTES = 64 * 1024;

/** Reads from an HTTP server in ranges. See `fromUrl`. */
export async function readRanges(url: string | URL, options: FromUrlOptions): Promise<RandomAccess> {
  const { headers, signal } = options;
  const get = async (range: string | undefined, method: string, requestSignal?: AbortSignal): Promise<Response> => {
    const requestHeaders = new Headers(headers);
    if (range !== undefined) requestHeaders.set("range", range);
    const init = { method, headers: requestHeaders, ...(requestSignal !== undefined && { signal: requestSignal }) };
    const response = await (options.fetch ?? fetch)(url, init).catch((error: unknown) => {
      checkAborted(requestSignal);
      throw new RerunError("CONNECTION", `cannot read ${maskUrl(url)}: ${reasonOf(error)}`, { cause: error });
    });
    if (response.ok || isEmpty(response)) return response;
    await response.body?.cancel();
    const code = response.status === 404 || response.status === 410 ? "NOT_FOUND" : "SERVER";
    throw new RerunError(code, `the server answered ${response.status} to the request for ${maskUrl(url)}`);
  };
  const first = await get(`bytes=0-${FIRST_BYTES - 1}`, "GET", signal);
  if (isEmpty(first)) return fromBytes(new Uint8Array(0));
  const size = first.status === 206 ? await sizeOf(first, () => get(undefined, "HEAD", signal)) : undefined;
  // With compression, a server or proxy counts other bytes than this reader.
  if (size === undefined || first.headers.has("content-encoding")) {
    const whole = first.status === 206 ? await get(undefined, "GET", signal) : first;
    if (whole !== first) await first.body?.cancel();
    return collect(whole.body ?? emptyStream(), options);
  }
  const head = await bytesOf(first, FIRST_BYTES, url, signal);
  if (startOf(first, 0) !== 0)
    throw new RerunError("SERVER", `the server returned bytes from ${startOf(first, 0)} instead of from 0`);
  const version = versionOf(first);
  return {
    size,
    async read(start, length, reading) {
      if (start + length <= head.byteLength) return head.subarray(start, start + length);
      if (length === 0) return new Uint8Array(0);
      const response = await get(`bytes=${start}-${start + length - 1}`, "GET", reading?.signal);
      if (versionOf(response) !== version) {
        await response.body?.cancel();
        throw new RerunError("SERVER", `${maskUrl(url)} has changed since it was opened; open it again`);
      }
      if (response.status !== 206) {
        await response.body?.cancel();
        throw new RerunError("SERVER", `the server returned the whole file instead of ${length} bytes from ${start}`);
      }
      const bytes = await bytesOf(response, length, url, reading?.signal);
      const from = startOf(response, start);
      if (bytes.byteLength === length && from === start) return bytes;
      const got = `${bytes.byteLength} bytes from ${from}`;
      throw new RerunError("SERVER", `the server returned ${got} instead of ${length} from ${start}`);
    },
  };
}

/** Whether this is the answer of a server that has no first byte. */
function isEmpty({ status, headers }: Response): boolean {
  return status === 416 && headers.get("content-range") === "bytes */0";
}

/** The position of the first byte, or `expected` if a page may not read the header. */
function startOf({ headers }: Response, expected: number): number {
  return Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1] ?? expected);
}

/** The reason for a failed request. `fetch` of Node has it in the cause of its error. */
function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  // If all addresses of a host have failed, the message is empty and only the code is set.
  if (isError(cause)) return cause.message || String((cause as { code?: unknown }).code);
  return messageOf(error);
}

/** A validator that changes with the file on the server, if the page may read it. */
function versionOf({ headers }: Response): string | null {
  return headers.get("etag") ?? headers.get("last-modified");
}

/**
 * The body of at most `length` bytes. Rejects with `ABORTED`, with `CONNECTION` if the connection is lost, or with
 * `SERVER` if there are more: what answers in place of a server may never end.
 */
async function bytesOf(
  response: Response,
  length: number,
  url: string | URL,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let received = 0;
  try {
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      if (received + next.value.byteLength > length) {
        await reader?.cancel();
        throw new RerunError("SERVER", `the server returned more bytes of ${maskUrl(url)} instead of ${length}`);
      }
      bytes.set(next.value, received);
      received += next.value.byteLength;
    }
  } catch (error) {
    checkAborted(signal);
    if (isRerunError(error)) throw error;
    throw new RerunError("CONNECTION", `the connection to ${maskUrl(url)} was lost: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return bytes.subarray(0, received);
}

/** The total size, from the response if a page may read it, or else from a request for the headers alone. */
async function sizeOf(response: Response, getHead: () => Promise<Response>): Promise<number | undefined> {
  const total =
    /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ??
    (await getHead().catch(() => undefined))?.headers.get("content-length");
  return total === null || total === undefined ? undefined : Number(total);
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}
