import type { ObjectBody } from "../store/object-store.ts";

/** The largest answer that is not an object: what answers in place of a server may never end. */
export const MAX_ANSWER_BYTES: number = 16 * 1024 * 1024;

/** The error for an answer without an end. */
export function endlessAnswer(): Error {
  return new Error(
    `the answer has more than ${MAX_ANSWER_BYTES / 1024 ** 2} MiB, so it does not come from an object store`,
  );
}

/** A request to an object store. */
export interface HttpRequest {
  readonly method: string;
  /** The address, which may have a signature in its query. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: ObjectBody | undefined;
  /** Whether the answer is an object, which may have any size that it tells before. Default `false`. */
  readonly isObject?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The time without any progress after which the request fails. */
  readonly timeoutMs: number;
  /**
   * Certificates of authorities, in PEM format. They replace the authorities that the platform trusts. Only on Node.
   */
  readonly ca?: string | undefined;
}

/** An answer, completely read. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Whether a browser hides headers of the response, because the server does not expose them. Default `false`. */
  readonly hidesHeaders?: boolean;
}
