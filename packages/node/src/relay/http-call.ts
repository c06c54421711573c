import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request over HTTP/1.1 or HTTP/2. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;
/** The answer to it. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** A request and its answer; both versions of HTTP are used alike. */
export interface HttpCall {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly isHttp2: boolean;
}

/** Answers with a status and a line of text, and closes what else the client wanted to send. */
export function answerText({ request, response, isHttp2 }: HttpCall, status: number, text: string): void {
  const body = `${text}\n`;
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("content-length", Buffer.byteLength(body));
  if (!isHttp2 && !request.complete && !hasNoBody(request)) response.setHeader("connection", "close");
  endResponse(response, body);
}

/** Answers with data. */
export function answerJson({ response }: HttpCall, data: object): void {
  response.statusCode = 200;
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  endResponse(response, `${JSON.stringify(data)}\n`);
}

/** Ends an answer; the two kinds of them have signatures that do not go together. */
export function endResponse(response: HttpResponse, body: string | Buffer = ""): void {
  (response as ServerResponse).end(body);
}

function hasNoBody({ headers }: HttpRequest): boolean {
  return headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
}
