import type { HttpResponse } from "../http/http-request.ts";
import { codeIn } from "./s3-errors.ts";

/** Types of contents that intermediaries answer with, and buckets do not. */
const PAGE = /^(?:text\/|application\/(?:xhtml|json))/i;

/** The kind of a request, which decides how a response must look to count as the answer of a bucket. */
export type BucketRequest = "write" | "head" | "read" | "list" | "delete";

const LIST = /<ListBucketResult[\s>]/;

/**
 * The reason why a response does not come from a bucket, for messages, or `undefined` if it does. Proxies, gateways and
 * captive portals answer in place of a server: with a page and the status 200 or 404, for example. Data that such an
 * answer confirms is nowhere.
 *
 * A bucket gives each object an entity tag. Browsers hide the tag unless the server exposes it: then the response must
 * have no other sign of an intermediary.
 */
export function foreignAnswer(response: HttpResponse, request: BucketRequest): string | undefined {
  const { status, headers, body, hidesHeaders = false } = response;
  const type = headers.get("content-type") ?? "";
  const encoding = headers.get("content-encoding") ?? "";
  const answer = `HTTP status ${status}${type === "" ? "" : ` and ${type.split(";", 1)[0]}`}`;
  const hasId = headers.has("x-amz-request-id") || headers.has("x-amzn-requestid");
  // Buckets answer with 204, which looks alike from everybody.
  if (request === "delete" && status === 200) return hasId ? undefined : answer;
  if (request !== "delete" && status === 204) return answer;
  if (request === "list" && status === 200)
    return LIST.test(new TextDecoder().decode(body.subarray(0, 1000)))
      ? undefined
      : `${answer}, which is not a list of objects; check that the endpoint is that of an S3 API`;
  if (status === 200 || status === 201 || status === 206) {
    const isWhole = /^(?:identity|aws-chunked)?$/i.test(encoding);
    const isEmpty = body.byteLength === 0;
    // Some servers name a type of an answer without a body.
    const isPage =
      request === "read" ? /^text\/html/i.test(type) : PAGE.test(type) && !(request === "write" && isEmpty);
    const etag = headers.get("etag");
    // The tags of web servers for their pages are weak ones.
    const isTagged = etag !== null && !(request === "write" && etag.startsWith("W/"));
    const hasTag = isTagged || (hidesHeaders && (request !== "write" || isEmpty));
    if (isPage || !hasTag || (request !== "head" && !isWhole))
      return `${answer}${isPage || hasTag ? "" : " without an ETag"}`;
  }
  // A bucket gives the reason for a rejection as XML. Some servers send no body, or name requests as S3 does.
  const hasReason = codeIn(response) !== undefined || (body.byteLength === 0 && (hasId || !PAGE.test(type)));
  if ((status === 412 || status === 404) && !hasReason) return answer;
  return undefined;
}

/** The answer of a bucket to the upload of an object that exists. */
export function alreadyThere(): HttpResponse {
  return { status: 412, headers: new Headers(), body: new Uint8Array() };
}
