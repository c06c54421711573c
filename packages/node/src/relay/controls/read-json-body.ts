import type { Http2ServerRequest } from "node:http2";
import { BodyTimer } from "../http/body-timer.ts";
import type { HttpExchange } from "../http/http-exchange.ts";

const MAX_BODY_BYTES = 32 * 1024;
/** Longest time without progress. */
const BODY_SECONDS = 5;

/** Reads a body of JSON, or returns what is wrong with it. */
export function readJsonBody({ request, isHttp2 }: HttpExchange): Promise<{ readonly json: unknown } | string> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json *(;|$)/i.test(type)) return Promise.resolve("the content-type must be application/json");
  const body = isHttp2 ? (request as Http2ServerRequest).stream : request;
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const settle = (result: { readonly json: unknown } | string): void => {
      timer.stop();
      body.off("data", onData).off("end", onEnd);
      resolve(result);
    };
    const onData = (piece: Buffer): void => {
      timer.reset();
      pieces.push(piece);
      if ((bytes += piece.length) > MAX_BODY_BYTES) settle(`the body is larger than ${MAX_BODY_BYTES} bytes`);
    };
    const onEnd = (): void => {
      try {
        settle({ json: JSON.parse(Buffer.concat(pieces).toString()) as unknown });
      } catch {
        settle("the body is not JSON");
      }
    };
    const timer = new BodyTimer(BODY_SECONDS, () => settle("the body came too slowly"));
    body
      .on("data", onData)
      .on("end", onEnd)
      .on("error", () => {})
      .on("close", () => settle("the request was ended"));
  });
}
