import { putByFetch, type PutRequest, type PutResponse } from "./put-object.ts";

/**
 * Uploads an object from a page. Only `XMLHttpRequest` reports the progress: `fetch` sends no streams over HTTP/1.1.
 *
 * @param send the function of the program in place of the platform's
 */
export function putObject(send: typeof fetch | undefined, request: PutRequest): Promise<PutResponse> {
  const { body, onProgress } = request;
  const canReport = send === undefined && onProgress !== undefined && body.whole !== undefined;
  return canReport && "XMLHttpRequest" in globalThis
    ? putByXhr(request, body.whole)
    : putByFetch(send ?? fetch, request, false);
}

function putByXhr(
  { target, method, headers, body, signal, onProgress }: PutRequest,
  whole: Blob,
): Promise<PutResponse> {
  const request = new XMLHttpRequest();
  const abort = (): void => request.abort();
  return new Promise<PutResponse>((resolve, reject) => {
    request.open(method, target);
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    request.upload.addEventListener("loadstart", () => onProgress?.({ bytes: 0, totalBytes: body.size }));
    request.upload.addEventListener("progress", ({ loaded }) => onProgress?.({ bytes: loaded, totalBytes: body.size }));
    request.addEventListener("load", () => {
      const { status, statusText } = request;
      resolve({ ok: status >= 200 && status < 300, status, statusText });
    });
    request.addEventListener("error", () => reject(new TypeError("the request failed")));
    request.addEventListener("abort", () => reject(new DOMException("the upload was aborted", "AbortError")));
    signal?.addEventListener("abort", abort);
    request.send(whole);
    if (signal?.aborted === true) abort();
  }).finally(() => signal?.removeEventListener("abort", abort));
}
