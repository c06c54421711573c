import { isUrl } from "../checks/kind-of.ts";
import { describeValue } from "../checks/describe-value.ts";
import { describeUrl } from "../checks/mask-url.ts";
import { argumentError } from "../checks/invalid-value-error.ts";

/** The address of a viewer or a proxy. */
export interface ProxyUrl {
  /** Whether the connection is encrypted. */
  readonly isSecure: boolean;
  /** The name or address, without brackets. */
  readonly host: string;
  /** The port. Default: 9876 on this machine, else 80, or 443 if the connection is encrypted. */
  readonly port: number;
  /** The dialled address, e.g. `http://127.0.0.1:9876`. */
  readonly origin: string;
  /** The address in Rerun's form, e.g. `rerun+http://127.0.0.1:9876/proxy`. */
  readonly href: string;
}

/** Address of Rerun's own viewer. */
export const DEFAULT_PROXY_URL = "rerun+http://127.0.0.1:9876/proxy";

const DEFAULT_PORT = 9876;
const NO_PATH = "it must end in `/proxy`";
const SCHEMES = "expected one of: `rerun://`, `rerun+http://`, `rerun+https://`";

/**
 * Reads the address of a proxy as the native SDKs do: `rerun+http://host:port/proxy`, `rerun://host/proxy` (encrypted),
 * or `localhost/proxy`. The port defaults to 9876 on this machine, else to 80 and 443.
 *
 * @throws {TypeError} naming the problem
 *
 * @example
 * rr.viewer.parseProxyUrl("localhost/proxy").origin; // "http://localhost:9876"
 */
export function parseProxyUrl(url: string | URL): ProxyUrl {
  if (typeof url !== "string" && !isUrl(url)) throw wrong(url, `${SCHEMES}, got ${describeValue(url)}`);
  const text = String(url).replace(/^rerun http/, "rerun+http");
  const { isSecure, rest } = splitScheme(text);
  const parsed = parse(`${isSecure ? "https" : "http"}://${rest}`, text);
  const segments = parsed.pathname.split("/").filter((segment) => segment !== "");
  if (segments.length !== 1 || segments[0] !== "proxy") throw wrong(text, NO_PATH);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  const isHere = isUnspecified(host) || host === "localhost" || host === "::1" || host.startsWith("127.");
  const port = parsed.port === "" ? (isHere ? DEFAULT_PORT : isSecure ? 443 : 80) : Number(parsed.port);
  const dialled = isUnspecified(host) ? "127.0.0.1" : parsed.hostname;
  return {
    isSecure,
    host,
    port,
    origin: `${isSecure ? "https" : "http"}://${dialled}:${port}`,
    href: `${isSecure ? "rerun" : "rerun+http"}://${dialled}:${port}/proxy`,
  };
}

function splitScheme(text: string): { readonly isSecure: boolean; readonly rest: string } {
  const found = /^(rerun|rerun\+https|rerun\+http):\/\/(.*)$/s.exec(text);
  if (found !== null) return { isSecure: found[1] !== "rerun+http", rest: found[2] ?? "" };
  if (!text.includes("://")) {
    if (text.includes("localhost") || text.includes("127.0.0.1")) return { isSecure: false, rest: text };
    if (text.includes("rerun.io")) return { isSecure: true, rest: text };
  }
  const path = /\/proxy\/*$/.test(text) ? "" : `, and ${NO_PATH}`;
  throw wrong(text, `its scheme is missing or wrong (${SCHEMES})${path}`);
}

function parse(href: string, text: string): URL {
  try {
    return new URL(href);
  } catch {
    // The error of the platform contains the whole URL, and with it passwords.
    const port = /:(\d+)(?:\/|$)/.exec(href)?.[1];
    const reason =
      port !== undefined && Number(port) > 65535 ? "its port is not a valid number" : "its host is not valid";
    throw wrong(text, reason);
  }
}

/** Addresses that stand for all of a machine's own. */
function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** The probably meant address, for a host with or without a port, and an `http:` URL. Without secrets of a URL. */
function meant(url: unknown): string {
  if (/^:?\d{1,5}$/.test(String(url)))
    return `; did you mean rerun+http://127.0.0.1:${String(url).replace(":", "")}/proxy?`;
  const [, host, port = ":9876"] =
    /^(?:(?:https?|rerun\+http):\/\/)?([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?\/?$/i.exec(String(url)) ?? [];
  return host === undefined ? "" : `; did you mean rerun+http://${host}${port}/proxy?`;
}

function wrong(url: unknown, reason: string): TypeError {
  const message = `\`url\` must be the address of a proxy such as ${DEFAULT_PROXY_URL}, got ${describeUrl(url)}: ${reason}${meant(url)}`;
  return argumentError("url", message);
}
