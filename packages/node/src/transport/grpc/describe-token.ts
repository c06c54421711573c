/** Advice for a token that was passed to gRPC as an option; `undefined` without one. */
export function describeToken(options: object): string | undefined {
  return "token" in options ? 'gRPC takes a token as `headers: { authorization: "Bearer …" }`' : undefined;
}
