import { describeValue } from "./describe-value.ts";
import { isUrl } from "./kind-of.ts";

/** Longer URLs are described by their length. */
const MAX_SHOWN = 200;

/**
 * A URL for a message, without secrets: logins, the values of queries, such as signatures, and fragments become `…`.
 * Also masks texts that are not valid URLs.
 */
export function maskUrl(url: string | URL): string {
  return String(url)
    .split(",")
    .map(maskLogin)
    .join()
    .replace(/\?[^#]+/s, (query) => query.replaceAll(/=[^&]*/g, "=…"))
    .replace(/#.+$/s, "#…");
}

/** A URL for "got …" in messages, without secrets. */
export function describeUrl(url: unknown): string {
  const text = typeof url === "string" || isUrl(url) ? maskUrl(url) : undefined;
  return text === undefined || text.length > MAX_SHOWN ? describeValue(url) : JSON.stringify(text);
}

function maskLogin(text: string): string {
  if (hasNoLogin(text)) return text;
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/|)[^?#]*@/is, "$1…@");
}

/** Whether a text is a valid URL without a login. Others may have any characters in a password. */
function hasNoLogin(text: string): boolean {
  try {
    const { username, password, host } = new URL(text);
    return username === "" && password === "" && host !== "";
  } catch {
    return false;
  }
}
