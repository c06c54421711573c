import { describeValue } from "./describe-value.ts";
import { isUrl } from "./is-url.ts";

/** Longer URLs are described by their length. */
const MAX_SHOWN = 200;

/**
 * A URL for a message, without secrets: logins, the values of queries, such as signatures, and fragments become `…`.
 * Also masks texts that are not valid URLs.
 */
export function maskUrl(url: string | URL): string {
  return String(url)
    .replace(/^([a-z+.-]*:\/\/|)[^/?#]*@/is, "$1…@")
    .replace(/,([a-z+.-]*:\/\/|)[^/?#,]*@/gis, ",$1…@")
    .replace(/\?[^#]+/s, maskQuery)
    .replace(/#.+$/s, "#…");
}

/** A URL for "got …" in messages, without secrets. */
export function describeUrl(url: unknown): string {
  const text = typeof url === "string" || isUrl(url) ? maskUrl(url) : undefined;
  return text === undefined || text.length > MAX_SHOWN ? describeValue(url) : JSON.stringify(text);
}

function maskQuery(query: string): string {
  return query.replaceAll(/=[^&]*/g, "=…");
}
