import { argumentError, describeUrl, isUrl } from "@rerun-ts/core/checks";

/** The address of a catalog. */
export interface CatalogUrl {
  /** The dialled address, e.g. `http://127.0.0.1:51234`. */
  readonly origin: string;
  /** The address in Rerun's form, e.g. `rerun+http://127.0.0.1:51234`. */
  readonly href: string;
}

const DEFAULT_PORT = 51_234;
const EXAMPLE = "rerun+http://localhost:51234";
const SCHEMES: Readonly<Record<string, boolean>> = {
  rerun: true,
  "rerun+https": true,
  "rerun+http": false,
  https: true,
  http: false,
};
const PATHS = ["", "/", "/catalog", "/catalog/", "/proxy", "/proxy/"];

/**
 * Reads the address of a catalog as the native SDKs do: `rerun+http://host:port`, or `rerun://host` (encrypted). The
 * port defaults to 51234. The address of a viewer's proxy is accepted too, because a viewer is a catalog.
 *
 * @throws {TypeError} naming the problem
 */
export function parseCatalogUrl(url: string | URL): CatalogUrl {
  const text = typeof url === "string" || isUrl(url) ? String(url) : undefined;
  if (text === undefined) throw wrong(url, "it is not a URL");
  const [, scheme = "", rest = ""] = /^([a-z+]+):\/\/(.*)$/s.exec(text) ?? [];
  const isSecure = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (isSecure === undefined) throw wrong(url, "its scheme must be `rerun://`, `rerun+http://` or `rerun+https://`");
  const parsed = parse(`${isSecure ? "https" : "http"}://${rest}`, url);
  if (!PATHS.includes(parsed.pathname) || parsed.search !== "" || parsed.hash !== "")
    throw wrong(url, "it must have no path: pass the id of a dataset or a segment to the calls of the catalog");
  const isUnspecified = parsed.hostname === "0.0.0.0" || parsed.hostname === "[::]";
  const host = isUnspecified ? "127.0.0.1" : parsed.hostname;
  const port = /:\d+(?:\/|$)/.test(rest) ? parsed.port || (isSecure ? "443" : "80") : DEFAULT_PORT;
  return {
    origin: `${isSecure ? "https" : "http"}://${host}:${port}`,
    href: `${isSecure ? "rerun" : "rerun+http"}://${host}:${port}`,
  };
}

function parse(href: string, url: unknown): URL {
  try {
    return new URL(href);
  } catch {
    // The error of the platform contains the whole URL, and with it passwords.
    throw wrong(url, "its host or its port is not valid");
  }
}

function wrong(url: unknown, reason: string): TypeError {
  const message = `\`url\` must be the address of a catalog such as ${EXAMPLE}, got ${describeUrl(url)}: ${reason}`;
  return argumentError("url", message);
}
