import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import type { HttpResponse } from "../http/http.ts";
import { textOf } from "./list-objects.ts";

/** Longer responses do not come from an S3 API. */
const MAX_BYTES = 64 * 1024;
/** Error codes for expired credentials. */
const EXPIRED: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "ExpiredTokenException",
]);

/** The code of signatures for another region. */
const WRONG_REGION = "AuthorizationHeaderMalformed";

/** Whether two requests for one key have met, or the server has waited too long for the body. */
export function isConflict(response: HttpResponse): boolean {
  return response.status === 409 || (response.status === 400 && codeIn(response) === "RequestTimeout");
}

/** Whether the credentials of a request have expired. */
export function isOldSignature(response: HttpResponse): boolean {
  return EXPIRED.has(codeIn(response) ?? "");
}

/** The error for a rejected request. It contains the code of the server, but none of its text. */
export function rejection(response: HttpResponse, doing: string): RerunError {
  const { status, headers } = response;
  const code = codeIn(response);
  const reason = `HTTP status ${status}${code === undefined ? "" : ` (${code})`}`;
  const region = headers.get("x-amz-bucket-region");
  if (status === 404 && code !== "NoSuchBucket") return error("NOT_FOUND", "there is no such object");
  if (status === 404) return error("NOT_FOUND", "there is no such bucket; create it first");
  if (status === 401 || status === 403)
    return error("AUTH", `access was denied, ${reason}; check the credentials and what they allow`);
  if (code === WRONG_REGION)
    return error("AUTH", `the signature was rejected, ${reason}; check the option \`region\` and the credentials`);
  if (status === 501) return error("UNSUPPORTED", `the server does not support conditional requests, ${reason}`);
  if (status >= 300 && status < 400 && region !== null && /^[\w-]{1,40}$/.test(region))
    return error("SERVER", `the bucket is in the region ${region}; set the option \`region\``);
  return error("SERVER", reason);

  function error(kind: RerunErrorCode, text: string): RerunError {
    return new RerunError(kind, `${doing}: ${text}`);
  }
}

/** The code in the body of an answer. */
function codeIn({ body }: HttpResponse): string | undefined {
  if (body.byteLength === 0 || body.byteLength > MAX_BYTES) return undefined;
  const code = textOf(new TextDecoder().decode(body), "Code");
  return code !== undefined && /^\w{1,60}$/.test(code) ? code : undefined;
}
