import type { IncomingRequest, OutgoingResponse } from "./http-exchange.ts";

/** Time that browsers may cache the response to a preflight. Chromium limits it to two hours. */
const MAX_AGE_SECONDS = 86_400;

/**
 * Sets the CORS headers that let the page read the response. Other checks have rejected disallowed origins already. The
 * headers are those of Rerun's own server, plus the cache time and the exposed status of calls.
 */
export function setCorsHeaders(request: IncomingRequest, response: OutgoingResponse): void {
  response.setHeader("vary", "origin, access-control-request-method, access-control-request-headers");
  response.setHeader("access-control-allow-credentials", "true");
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", "grpc-status, grpc-message");
}

/** Sets the headers of the response to a CORS preflight: everything that the browser asks for is allowed. */
export function setPreflightHeaders({ headers }: IncomingRequest, response: OutgoingResponse): void {
  const method = headers["access-control-request-method"];
  const names = headers["access-control-request-headers"];
  if (method !== undefined) response.setHeader("access-control-allow-methods", method);
  if (names !== undefined) response.setHeader("access-control-allow-headers", names);
  if (headers["access-control-request-private-network"] !== undefined)
    response.setHeader("access-control-allow-private-network", "true");
  response.setHeader("access-control-max-age", String(MAX_AGE_SECONDS));
}
