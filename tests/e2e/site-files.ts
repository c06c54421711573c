import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { gzipSync } from "node:zlib";

const LINK = /<a\b[^>]*?\shref="([^"]*)"/g;
const LOADED =
  /<(?:script|img|iframe|source|video)\b[^>]*?\ssrc="([^"]*)"|<link\b(?![^>]*rel="canonical")[^>]*?\shref="([^"]*)"/g;
const ID = /\s(?:id|name)="([^"]*)"/g;
const COMPRESSED = /\.(?:webp|png|jpg|mp4)$/;

/** The files of a built site in a folder. */
export class SiteFiles {
  readonly folder: string;
  /** The addresses of all HTML pages, without a slash in front. */
  readonly pages: readonly string[];
  readonly #anchors = new Map<string, ReadonlySet<string>>();
  readonly #sizes = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
    this.pages = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith(".html"));
  }

  /** The links and resources of a page that lead nowhere, or from which other servers would be asked. */
  problems(page: string): readonly string[] {
    const html = this.#read(page);
    const loaded = Array.from(html.matchAll(LOADED), ([, source, link]) => source ?? link ?? "");
    const foreign = loaded.filter((address) => /^(?:https?:)?\/\//.test(address));
    const links = [...loaded, ...Array.from(html.matchAll(LINK), ([, address = ""]) => address)];
    return [
      ...foreign.map((address) => `${page} loads ${address}`),
      ...links.filter((link) => this.#isDead(page, link)).map((link) => `${page} leads to ${link}`),
    ];
  }

  /** The files that a page with addresses from the root of the site loads by itself, with the page. */
  resources(page: string): readonly string[] {
    const addresses = Array.from(this.#read(page).matchAll(LOADED), ([, source, link]) => source ?? link ?? "");
    return [page, ...new Set(addresses.filter((address) => address.startsWith("/")).map((each) => each.slice(1)))];
  }

  /** The size of a file as a server that compresses sends it. */
  transferSize(path: string): number {
    const known = this.#sizes.get(path);
    if (known !== undefined) return known;
    const bytes = readFileSync(join(this.folder, path));
    const size = COMPRESSED.test(path) ? bytes.byteLength : gzipSync(bytes).byteLength;
    this.#sizes.set(path, size);
    return size;
  }

  #isDead(page: string, link: string): boolean {
    const [address = "", anchor = ""] = link.replaceAll("&amp;", "&").split("#");
    if (/^[a-z][a-z+.-]*:|^\/\//i.test(address)) return false;
    const path = address.startsWith("/") ? address.slice(1) : join(dirname(page), address);
    const file = this.#file(address === "" ? page : decodeURIComponent(path.replace(/\?.*$/, "")));
    if (file === undefined) return true;
    // The fragments of the playground are examples and programs.
    if (anchor === "" || !file.endsWith(".html") || file.startsWith("playground/")) return false;
    return !this.#anchorsOf(file).has(decodeURIComponent(anchor));
  }

  /** The file that a server sends for a path. */
  #file(path: string): string | undefined {
    const candidates = [path, join(path, "index.html"), `${path}.html`];
    return candidates.find((file) => existsSync(join(this.folder, file)) && statSync(join(this.folder, file)).isFile());
  }

  #anchorsOf(file: string): ReadonlySet<string> {
    const known = this.#anchors.get(file);
    if (known !== undefined) return known;
    const anchors = new Set(Array.from(this.#read(file).matchAll(ID), ([, id = ""]) => id));
    this.#anchors.set(file, anchors);
    return anchors;
  }

  #read(page: string): string {
    return readFileSync(join(this.folder, page), "utf8");
  }
}
