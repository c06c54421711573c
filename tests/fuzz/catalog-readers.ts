import type { CatalogClient } from "@rerun-ts/catalog";

/** Bodies of responses by the names of their calls. */
export type Answers = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Reads a part of a catalog. */
export type Reader = (catalog: CatalogClient) => Promise<unknown>;

/** The name of the call of a request. */
export function callOf(url: string): string {
  return url.split("/").at(-1) ?? "";
}

/** The response of a server without faults. */
export function respond(body: Uint8Array<ArrayBuffer> | undefined): Response {
  return new Response(body ?? null, { headers: { "content-type": "application/grpc-web+proto" } });
}

/**
 * Returns the readers of each call, in their order: an input that changes the response of one call can change nothing
 * for others, which would take most of the time.
 */
export async function readersByCall(
  readers: readonly Reader[],
  answers: Answers,
  createCatalog: (send: typeof fetch) => CatalogClient,
): Promise<ReadonlyMap<string, readonly Reader[]>> {
  const found = new Map<string, Set<Reader>>([...answers.keys()].map((name) => [name, new Set()]));
  for (const reader of readers) {
    const catalog = createCatalog((url) => {
      const name = callOf(url as string);
      found.get(name)?.add(reader);
      return Promise.resolve(respond(answers.get(name)));
    });
    // Calls without an answer fail.
    await reader(catalog).catch(() => {});
  }
  const unread = [...found].filter(([, some]) => some.size === 0).map(([name]) => name);
  if (unread.length > 0) throw new Error(`nothing reads the responses of ${unread.join(", ")}`);
  return new Map([...found].map(([name, some]) => [name, [...some]]));
}
