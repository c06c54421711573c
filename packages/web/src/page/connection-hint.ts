import type { ProxyUrl } from "@rerun-ts/core";

/** The part of a page's own address that matters for connections. */
export interface PageAddress {
  readonly origin: string;
  readonly protocol: string;
  readonly hostname: string;
}

/** Hosts whose pages Rerun's servers accept by default. */
const ALLOWED_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "rerun.io"]);

/**
 * A hint why a page may be unable to connect to a server, to be appended to a message: browsers report neither mixed
 * content nor CORS failures to programs. Empty outside of pages.
 */
export function connectionHint(
  { isSecure, host, href }: ProxyUrl,
  page: PageAddress | undefined = ownAddress(),
): string {
  if (page === undefined) return "";
  const isLocal = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (page.protocol === "https:" && !isSecure && !isLocal)
    return `; mixed content: an HTTPS page cannot connect to ${href}, use \`rerun://\` behind a TLS proxy`;
  const flags = [];
  if (!ALLOWED_HOSTS.has(page.hostname)) flags.push(`\`--cors-allow-origin ${page.origin}\``);
  // Servers of this SDK refuse names that may have been rebound to their address.
  if (!isLocal && !isAddress(host)) flags.push(`\`--allow-host ${host}\` (unless it is the machine's own name)`);
  return flags.length === 0 ? "; is it running?" : `; is it running, with ${flags.join(" and ")}?`;
}

/** Whether a host is an address rather than a name. */
function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

/** The address of this page or worker. `undefined` in runtimes other than browsers. */
export function ownAddress(): PageAddress | undefined {
  if (typeof location === "undefined") return undefined;
  const { origin, protocol, hostname } = location;
  return { origin, protocol, hostname };
}
