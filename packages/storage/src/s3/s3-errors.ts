import type { RerunError, RerunErrorCode } from "@rerun-ts/core";
import type { HttpResponse } from "../http/http-request.ts";
import { RejectedError } from "../store/rejected-error.ts";
import { elementText, timeOf } from "./list-objects.ts";
import { OPTION_LABELS, type OptionLabels } from "./option-labels.ts";

/** Longer responses do not come from an S3 API. */
const MAX_BYTES = 64 * 1024;
/** Error codes for expired credentials. */
const EXPIRED: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "ExpiredTokenException",
]);

/** Error codes for other credentials that the server does not know. Their status is 404 or 400 with some servers. */
const UNKNOWN: ReadonlySet<string> = new Set(["InvalidAccessKeyId", "XAdminUserNotFound"]);

/** The code of keys with more than 1,024 bytes, or of servers with shorter limits. */
const KEY_TOO_LONG = "KeyTooLongError";
/** The code of signatures with a time far from that of the server. */
const WRONG_TIME = "RequestTimeTooSkewed";
/** The code of signatures for another region. */
const WRONG_REGION = "AuthorizationHeaderMalformed";

/**
 * The reason to repeat an upload: two requests for one key have met, or the server has waited too long for the body.
 * `undefined` if there is none.
 */
export function conflictIn(response: HttpResponse): string | undefined {
  const isConflict = response.status === 409 || (response.status === 400 && codeIn(response) === "RequestTimeout");
  return isConflict ? `HTTP status ${response.status}` : undefined;
}

/**
 * Whether a body was rejected because of its checksum. The code is `BadDigest` of Amazon and versitygw,
 * `XAmzContentChecksumMismatch` of MinIO, and others elsewhere.
 */
export function isWrongChecksum(response: HttpResponse): boolean {
  return response.status === 400 && /Digest|Checksum|^InvalidRequest$/.test(codeIn(response) ?? "");
}

/** Whether the credentials of a request have expired. */
export function isOldSignature(response: HttpResponse): boolean {
  return EXPIRED.has(codeIn(response) ?? "");
}

/** Whether the credentials of a request were rejected, whatever the status. */
export function isDenied(response: HttpResponse): boolean {
  const code = codeIn(response) ?? "";
  return response.status === 401 || response.status === 403 || EXPIRED.has(code) || UNKNOWN.has(code);
}

/** The error for a rejected request. It contains the code of the server, but none of its text. */
export function rejection(response: HttpResponse, doing: string, labels: OptionLabels = OPTION_LABELS): RerunError {
  const { status, headers } = response;
  const code = codeIn(response);
  const reason = `HTTP status ${status}${code === undefined ? "" : ` (${code})`}`;
  const region = regionIn(response);
  if (code === WRONG_TIME) return error("AUTH", `the time of the request was rejected, ${reason}; ${clocks(response)}`);
  if (isDenied(response))
    return error("AUTH", `access was denied, ${reason}; check the credentials and what they allow`);
  if (status === 404 && code !== "NoSuchBucket") return error("NOT_FOUND", "no such object");
  if (status === 404) return error("NOT_FOUND", "no such bucket; create it first");
  // Amazon redirects from the address of another region, or rejects the signature.
  const isRedirect = status >= 300 && status < 400;
  const isRejected = status === 400 && (code === undefined || code === WRONG_REGION);
  if (region !== undefined && (isRedirect || isRejected))
    return error("AUTH", `the bucket is in the region ${region}; set ${labels.region}`);
  if (code === WRONG_REGION)
    return error("AUTH", `the signature was rejected, ${reason}; check ${labels.region} and the credentials`);
  if (code === KEY_TOO_LONG)
    return error("INVALID_ARGUMENT", `the server does not take a key of this length, ${reason}; choose shorter ids`);
  if (status === 501) return error("UNSUPPORTED", `the server does not support conditional requests, ${reason}`);
  const origin = isRedirect ? originOf(headers.get("location")) : undefined;
  if (origin !== undefined)
    return error("SERVER", `the server redirects to ${origin}, ${reason}; check ${labels.endpoint}`);
  return error("SERVER", reason);

  function error(kind: RerunErrorCode, text: string): RerunError {
    return new RejectedError(kind, `${doing}: ${text}`, { retryAfter: headers.get("retry-after") });
  }
}

/** The error for a rejected request with HEAD, whose answer has no body with a reason. */
export function headRejection(response: HttpResponse, doing: string, labels: OptionLabels): RerunError {
  const { status, headers } = response;
  if (status !== 403) return rejection(response, doing, labels);
  const text =
    "access was denied, HTTP status 403 to HEAD, which gives no reason; allow s3:GetObject for the key, and s3:ListBucket for the bucket, without which missing keys are refused, or check the credentials";
  return new RejectedError("AUTH", `${doing}: ${text}`, { retryAfter: headers.get("retry-after") });
}

/** The advice about clocks, with their times as far as they are known. */
function clocks({ headers }: HttpResponse): string {
  const server = timeOf(headers.get("date"));
  const also = server === undefined ? "" : `, and the server has ${server.toISOString()}`;
  return `the clock of this machine or of the server is wrong: this machine has ${new Date().toISOString()}${also}`;
}

/** The code in the body of an answer. */
export function codeIn(response: HttpResponse): string | undefined {
  const code = textIn(response, "Code");
  return code !== undefined && /^\w{1,60}$/.test(code) ? code : undefined;
}

/** The region of the bucket, in an answer to a request for another region. */
function regionIn(response: HttpResponse): string | undefined {
  const region = response.headers.get("x-amz-bucket-region") ?? textIn(response, "Region");
  return region !== undefined && /^[\w-]{1,40}$/.test(region) ? region : undefined;
}

function textIn({ body }: HttpResponse, name: string): string | undefined {
  if (body.byteLength === 0 || body.byteLength > MAX_BYTES) return undefined;
  return elementText(new TextDecoder().decode(body), name);
}

/** Scheme and host of the target of a redirect. */
function originOf(location: string | null): string | undefined {
  const url = URL.canParse(location ?? "") ? new URL(location ?? "") : undefined;
  return url === undefined || !/^https?:$/.test(url.protocol) ? undefined : url.origin;
}
