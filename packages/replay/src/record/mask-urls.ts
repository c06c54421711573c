/** The most query strings that get a number of their own. */
const MAX_QUERIES = 10_000;
/** The longest inline image or font that is kept, in characters. */
const MAX_DATA_URL = 1_000_000;
const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/gi;
/** Addresses in strings, of `@import` and `image-set`. */
const CSS_STRING = /(["'])([^"'\s]*[?#][^"'\s]*)\1/g;
/** A query string within other text. */
const QUERY = /[?#&;][^\s"'<>()=?#]*=[^\s"'<>()]*/g;
const LOCAL_REFERENCE = /^#[\w.:-]*$/;

/** Makes URLs that may be recorded: without query strings, unless these are wanted, and without users and scripts. */
export class UrlMask {
  readonly #keepsQueries: boolean;
  /** The numbers of the query strings. */
  readonly #queries = new Map<string, number>();

  constructor(keepsQueries: boolean) {
    this.#keepsQueries = keepsQueries;
  }

  /** An address. Each distinct query string becomes a number, so that addresses remain distinct. */
  url(given: string): string {
    const url = given.trim();
    if (url === "" || LOCAL_REFERENCE.test(url)) return url;
    if (!url.includes(":")) return this.#withoutQuery(url);
    if (/^data:/i.test(url)) return /^data:(?:image|font)\//i.test(url) && url.length <= MAX_DATA_URL ? url : "data:,";
    if (/^(?:javascript|vbscript|blob|filesystem):/i.test(url)) return "";
    return this.#withoutQuery(url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#@]*@/i, "$1"));
  }

  #withoutQuery(plain: string): string {
    const start = plain.search(/[?#]/);
    if (start < 0 || this.#keepsQueries) return plain;
    const query = plain.slice(start);
    return `${plain.slice(0, start)}${query.length === 1 ? "" : this.#numberOf(query)}`;
  }

  /** A style sheet, or a part of it. */
  css(css: string, use: (url: string) => void = () => {}): string {
    if (!/url\(|["']/i.test(css)) return css;
    const masked = css.replace(CSS_URL, (_, double?: string, single?: string, bare?: string) => {
      const url = double ?? single ?? bare ?? "";
      use(url);
      return `url("${this.url(url).replaceAll('"', "%22")}")`;
    });
    if (this.#keepsQueries) return masked;
    return masked.replace(CSS_STRING, (all, quote: string, url: string) =>
      /^data:/i.test(url) ? all : `${quote}${this.url(url)}${quote}`,
    );
  }

  /** Any other text, such as that of an attribute. */
  text(text: string): string {
    return this.#keepsQueries || !text.includes("=") ? text : text.replace(QUERY, "?masked");
  }

  #numberOf(query: string): string {
    const known = this.#queries.get(query);
    if (known !== undefined) return `?masked=${known}`;
    if (this.#queries.size >= MAX_QUERIES) return "?masked";
    this.#queries.set(query, this.#queries.size + 1);
    return `?masked=${this.#queries.size}`;
  }
}
