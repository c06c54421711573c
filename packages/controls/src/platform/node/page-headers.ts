/** Hosts of URLs, and nothing that ends a source of a policy. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?=:\d+$|$)/i;
const ALL_PORTS = ["http", "https", "ws", "wss"];

/**
 * The headers of the page. Its script is the only one, it runs in no frame of another page, and it connects to servers
 * of its own host alone, besides the relay.
 *
 * @param relay the URL of a relay that is elsewhere
 * @param host the header `host`, which was checked
 */
export function pageHeaders(relay: string | undefined, host = ""): Readonly<Record<string, string>> {
  const [name = ""] = HOST.exec(host) ?? [];
  const own = name === "" ? [] : ALL_PORTS.map((scheme) => `${scheme}://${name}:*`);
  const other = relay === undefined ? [] : [new URL(relay).origin, new URL(relay.replace(/^ws/, "http")).origin];
  const policy = {
    "default-src": "'none'",
    // The viewer is WebAssembly.
    "script-src": "'self' 'wasm-unsafe-eval'",
    // The viewer sets styles of its elements.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": ["'self'", ...own, ...other].join(" "),
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "content-security-policy": Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join("; "),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}
