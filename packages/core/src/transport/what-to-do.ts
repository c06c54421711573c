import type { ProxyUrl } from "./proxy-url.ts";

/** A page's own address, as far as it matters here. */
export interface PageAddress {
  readonly origin: string;
  readonly protocol: string;
  readonly hostname: string;
}

/** Where Rerun's servers take pages from by default. */
const WELCOME: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "rerun.io"]);

/** What may keep a page from reaching a server, which browsers do not tell programs; empty outside of pages. */
export function whatToDo({ isSecure, host, href }: ProxyUrl, page: PageAddress | undefined = addressOfPage()): string {
  if (page === undefined) return "";
  const isHere = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (page.protocol === "https:" && !isSecure && !isHere)
    return `; a page that came encrypted may not reach ${href}, which is not: use rerun:// with a proxy that encrypts`;
  if (!WELCOME.has(page.hostname)) return `; is it running, and started with \`--cors-allow-origin ${page.origin}\`?`;
  return "; is it running?";
}

function addressOfPage(): PageAddress | undefined {
  const { location } = globalThis as { location?: PageAddress };
  return location;
}
