import { RerunError } from "@rerun-ts/core";
import { invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { sendRequest } from "#send-request";
import { attempt } from "../http/attempt.ts";
import type { HttpResponse } from "../http/http-request.ts";
import type { PartStore } from "../parts/part-store.ts";
import { foreignAnswer } from "../s3/bucket-answer.ts";
import { conflictIn, rejection } from "../s3/s3-errors.ts";
import { sizeOf } from "../store/body.ts";
import { checkKey } from "../store/keys.ts";
import { gateOf } from "../store/store-gate.ts";

const ATTEMPTS = 6;
const TIMEOUT_MS = 30_000;

/** A request that a server has signed. */
export interface PresignedRequest {
  /** The URL with its signature. It is a secret. */
  readonly url: string;
  /** The headers that were signed, besides `if-none-match: *`. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Facts about an object to create, for the server with the credentials. */
export interface ObjectToSign {
  /** The key in the bucket. */
  readonly key: string;
  /** The size of the part in bytes. */
  readonly size: number;
  /** The SHA-256 of the part, as hexadecimal digits, if known. */
  readonly sha256: string | undefined;
}

/** Asks a server of the application for a signed request. */
export type PresignUpload = (object: ObjectToSign, signal?: AbortSignal) => Promise<PresignedRequest>;

/**
 * A store for programs without credentials, such as pages: a server of the application signs each upload, as
 * `presignUpload` does. It is asked again for each attempt. The signed request must have the header `if-none-match: *`.
 *
 * @throws {TypeError} if `presign` is not a function
 *
 * @example
 * const store = presignedStore(async (part) => {
 *   const response = await fetch("/uploads", { method: "POST", body: JSON.stringify(part) });
 *   return response.json();
 * });
 */
export function presignedStore(presign: PresignUpload): PartStore {
  if (typeof presign !== "function") throw invalidArgument("presign", "a function", presign);
  const store: PartStore = {
    url: "presigned:",
    create: (key, body, { sha256, signal } = {}) =>
      withRerunErrors(async () => {
        const doing = `cannot create ${checkKey(key)}`;
        const send = async (): Promise<HttpResponse> => {
          const signed = await presign({ key, size: sizeOf(body), sha256 }, signal);
          const url = URL.canParse(signed.url) ? new URL(signed.url) : undefined;
          if (url === undefined || !/^https?:$/.test(url.protocol))
            throw new RerunError(
              "INVALID_ARGUMENT",
              `${doing}: \`presign\` must return { url, headers } with an absolute URL`,
            );
          const headers = new Headers({ ...signed.headers, "if-none-match": "*" });
          return sendRequest({ method: "PUT", url, headers, body, signal, timeoutMs: TIMEOUT_MS });
        };
        const isTemporary = (response: HttpResponse): string | undefined =>
          foreignAnswer(response, "write") ?? conflictIn(response);
        // An upload that tests whether the store is back is one request.
        const attempts = gateOf(store).isAway ? 1 : ATTEMPTS;
        const response = await attempt(send, { doing, attempts, signal, isTemporary });
        if (response.status === 412) return false;
        if (response.status !== 200 && response.status !== 201) throw rejection(response, doing);
        return true;
      }),
  };
  return store;
}
