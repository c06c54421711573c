/** The most images and fonts of a page. */
const MAX_ASSETS = 500;
/** The longest time for one of them. */
const TIMEOUT_MS = 10_000;
const MEDIA_TYPE = /^(?:image|font)\/[\w.+-]+$|^application\/(?:x-)?font-[\w-]+$/;

/** Loads the images and fonts of the page's own origin, each one once, one after the other. */
export class PageAssets {
  readonly #maxBytes: number;
  readonly #store: (url: string, mediaType: string, bytes: ArrayBuffer) => void;
  readonly #seen = new Set<string>();
  readonly #queue: string[] = [];
  readonly #end = new AbortController();
  #bytes = 0;
  #isLoading = false;

  /** @param store stores an image or a font */
  constructor(maxBytes: number, store: (url: string, mediaType: string, bytes: ArrayBuffer) => void) {
    this.#maxBytes = maxBytes;
    this.#store = store;
  }

  /** Stores what an address shows, unless it is known, belongs to another origin, or exceeds the limit. */
  add(given: string): void {
    if (this.#maxBytes === 0 || this.#seen.size >= MAX_ASSETS || /^(?:data|blob|javascript|about):/i.test(given))
      return;
    const url = URL.canParse(given, document.baseURI) ? new URL(given, document.baseURI) : undefined;
    // Replays look for an image by the address that the page has given.
    if (url === undefined || url.origin !== location.origin || this.#seen.has(given)) return;
    this.#seen.add(given);
    this.#queue.push(given);
    if (!this.#isLoading) void this.#load();
  }

  /** Ends all loading. */
  stop(): void {
    this.#end.abort();
    this.#queue.length = 0;
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    for (let url = this.#queue.shift(); url !== undefined; url = this.#queue.shift())
      // What cannot be loaded stays a placeholder.
      await this.#loadOne(url).catch(() => {});
    this.#isLoading = false;
  }

  async #loadOne(url: string): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(new URL(url, document.baseURI), { cache: "force-cache", redirect: "error", signal });
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (!response.ok || !MEDIA_TYPE.test(mediaType)) return void response.body?.cancel();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) break;
      bytes += value.byteLength;
      if (this.#bytes + bytes > this.#maxBytes) return void reader?.cancel();
      parts.push(value);
    }
    this.#bytes += bytes;
    const whole = await new Blob(parts).arrayBuffer();
    if (!this.#end.signal.aborted) this.#store(url, mediaType, whole);
  }
}
