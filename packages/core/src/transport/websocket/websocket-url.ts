import { isUrl } from "../../checks/kind-of.ts";
import { describeUrl } from "../../checks/mask-url.ts";
import { argumentError } from "../../checks/invalid-value-error.ts";
import { parseProxyUrl, type ProxyUrl } from "../proxy-url.ts";

/** Default address of `serveGrpc` for WebSockets. */
export const DEFAULT_WEBSOCKET_URL = "ws://127.0.0.1:9876/ws";

const PATH = "/ws";

/**
 * Reads the address of a relay: `ws://host:port/ws`, `wss://…` (encrypted), or the address for viewers,
 * `rerun+http://host:port/proxy`. The default path is `/ws`.
 *
 * @throws {TypeError} naming the problem
 */
export function parseWebSocketUrl(url: string | URL): ProxyUrl {
  const text = typeof url === "string" || isUrl(url) ? String(url) : "";
  const parsed = /^wss?:\/\//.test(text) ? parseUrl(text) : undefined;
  if (parsed === undefined) return fromProxy(url);
  const isSecure = parsed.protocol === "wss:";
  if (parsed.username !== "" || parsed.search !== "" || parsed.hash !== "")
    throw wrong(url, "it may hold no user, query or fragment; a token goes into the option `token`");
  const path = parsed.pathname === "/" ? PATH : parsed.pathname;
  const { host, hostname } = parsed;
  return {
    isSecure,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(parsed.port || (isSecure ? 443 : 80)),
    origin: `${isSecure ? "https" : "http"}://${host}`,
    href: `${parsed.protocol}//${host}${path}`,
  };
}

/** `URL.canParse` is missing in Safari before 17 and in React Native. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function fromProxy(url: string | URL): ProxyUrl {
  let proxy: ProxyUrl;
  try {
    proxy = parseProxyUrl(url);
  } catch (error) {
    throw wrong(url, "expected `ws://`, `wss://`, or the address of a proxy", error);
  }
  return { ...proxy, href: `${proxy.origin.replace(/^http/, "ws")}${PATH}` };
}

function wrong(url: unknown, reason: string, cause?: unknown): TypeError {
  const message = `\`url\` must be the address of a relay such as ${DEFAULT_WEBSOCKET_URL}, got ${describeUrl(url)}: ${reason}`;
  return argumentError("url", message, cause === undefined ? undefined : { cause });
}
