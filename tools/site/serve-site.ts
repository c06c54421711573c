import { SITE } from "./folders.ts";

export interface ServedSite {
  /** Its address, which ends with a slash. */
  readonly url: string;
  close(this: void): Promise<void>;
}

/** Serves a built site on this machine, at a free port. */
export async function serveSite(folder: string = SITE): Promise<ServedSite> {
  const { preview } = await import("vite");
  const server = await preview({
    configFile: false,
    appType: "mpa",
    logLevel: "warn",
    build: { outDir: folder },
    // Frames of an origin of their own load scripts, as from servers for static pages.
    preview: { host: "127.0.0.1", port: 0, cors: { origin: "*" } },
  });
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error("Vite has no local address");
  return { url, close: () => server.close() };
}
