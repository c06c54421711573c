import type { HttpRequest, HttpResponse } from "./http-call.ts";

/** How long browsers may remember that they are welcome. Chromium keeps to two hours at most. */
const MAX_AGE_SECONDS = 86_400;

/**
 * Tells browsers that the page which asks may have the answer; whoever is not welcome has been sent away before.
 * As Rerun's own server, and more: what is remembered for long, and the status of calls.
 */
export function setCorsHeaders(request: HttpRequest, response: HttpResponse): void {
  response.setHeader("vary", "origin, access-control-request-method, access-control-request-headers");
  response.setHeader("access-control-allow-credentials", "true");
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", "grpc-status, grpc-message");
}

/** Tells a browser that asks before it sends something that it may. */
export function setPreflightHeaders({ headers }: HttpRequest, response: HttpResponse): void {
  const method = headers["access-control-request-method"];
  const names = headers["access-control-request-headers"];
  if (method !== undefined) response.setHeader("access-control-allow-methods", method);
  if (names !== undefined) response.setHeader("access-control-allow-headers", names);
  if (headers["access-control-request-private-network"] !== undefined)
    response.setHeader("access-control-allow-private-network", "true");
  response.setHeader("access-control-max-age", String(MAX_AGE_SECONDS));
}
