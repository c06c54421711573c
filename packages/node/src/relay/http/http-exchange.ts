import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";

/** A request over HTTP/1.1 or HTTP/2. */
export type IncomingRequest = IncomingMessage | Http2ServerRequest;
/** The response to an {@link IncomingRequest}. */
export type OutgoingResponse = ServerResponse | Http2ServerResponse;

/** Time that the rest of a rejected request is read. */
const DROP_MS = 1000;

/** A request and its response, over either version of HTTP. */
export interface HttpExchange {
  readonly request: IncomingRequest;
  readonly response: OutgoingResponse;
  readonly isHttp2: boolean;
  /** Notes that the request has a permission, so its connection stays when there are too many. */
  readonly accept: (permission: "read" | "write") => void;
}

/** Responds with a status and a line of text. If the request is incomplete, its connection is closed (HTTP/1.1). */
export function respondText(call: HttpExchange, status: number, text: string): void {
  const { request, response, isHttp2 } = call;
  const body = `${text}\n`;
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("content-length", Buffer.byteLength(body));
  if (!isHttp2 && !request.complete && !hasNoBody(request)) response.setHeader("connection", "close");
  endResponse(response, body);
  if (isHttp2) dropRequest(call);
}

/** Responds with status 204, which has no content, and no header that speaks of any. Source: RFC 9110, 8.6. */
export function respondNothing({ response }: HttpExchange): void {
  response.statusCode = 204;
  endResponse(response);
}

/**
 * Reads and drops the rest of a rejected request of HTTP/2, because some clients would wait forever after a reset.
 * After some time the stream is closed without an error, which RFC 9113, 8.1, allows after a complete response.
 */
export function dropRequest({ request, response }: HttpExchange): void {
  request.resume();
  const timer = setTimeout(() => (response as Http2ServerResponse).stream.close(constants.NGHTTP2_NO_ERROR), DROP_MS);
  timer.unref();
  response.once("close", () => clearTimeout(timer));
}

/** Responds with an object as JSON. */
export function respondJson({ response }: HttpExchange, data: object, status = 200): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  endResponse(response, `${JSON.stringify(data)}\n`);
}

/** Ends a response. The two types of responses have incompatible signatures, which this function hides. */
export function endResponse(response: OutgoingResponse, body: string | Buffer = ""): void {
  (response as ServerResponse).end(body);
}

function hasNoBody({ headers }: IncomingRequest): boolean {
  return headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
}
