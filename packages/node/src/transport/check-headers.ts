import type { GrpcHeaders } from "@rerun-ts/core";
import { describeValue, invalidArgument, argumentError } from "@rerun-ts/core/checks";

/**
 * Checks headers before the first connection: with invalid headers, connecting would fail and be repeated forever.
 * Headers from a function are checked when it is called.
 *
 * @throws {TypeError} that names the header, but not its value, which may be a secret
 */
export function checkHeaders(headers: GrpcHeaders | undefined): void {
  if (headers === undefined || typeof headers === "function") return;
  if (typeof headers !== "object" || headers === null)
    throw invalidArgument(
      "headers",
      'an object such as { authorization: "Bearer …" }, Headers, or a function that returns one',
      headers,
    );
  for (const [name, value] of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    // `Headers` would send the text "undefined".
    if (typeof value !== "string")
      throw argumentError("headers", `\`headers.${name}\` must be a string, got ${describeValue(value)}`);
    if (!isValid(name, value))
      throw argumentError(
        "headers",
        `\`headers\` must have names and values that HTTP allows, got the header ${describeValue(name)}`,
      );
  }
}

function isValid(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}
