import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CatalogTransportOptions } from "../catalog-transport.ts";
import { piecesOf, putByFetch, type PutRequest, type PutResponse } from "../put-object.ts";

/** Uploads an object with the settings of the catalog's encrypted connection, which `fetch` does not support. */
export function putObject(
  origin: string,
  { tls, fetch: send }: CatalogTransportOptions,
  request: PutRequest,
): Promise<PutResponse> {
  const { protocol, origin: target } = new URL(request.target);
  const isOwn = tls !== undefined && send === undefined && protocol === "https:" && target === new URL(origin).origin;
  return isOwn ? putByHttps(tls, request) : putByFetch(send ?? fetch, request, true);
}

function putByHttps(
  tls: NonNullable<CatalogTransportOptions["tls"]>,
  { target, method, headers, body, signal, onProgress }: PutRequest,
): Promise<PutResponse> {
  return new Promise((resolve, reject) => {
    const all = { ...Object.fromEntries(headers), "content-length": body.size };
    const options = { ...(tls as object), method, headers: all, ...(signal && { signal }) };
    const request = httpsRequest(target, options, (response) => {
      response.resume();
      const { statusCode: status = 0, statusMessage: statusText = "" } = response;
      resolve({ ok: status >= 200 && status < 300, status, statusText });
    });
    request.on("error", reject);
    pipeline(Readable.from(piecesOf(body, onProgress)), request).catch(reject);
  });
}
