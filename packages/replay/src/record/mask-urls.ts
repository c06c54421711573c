/** The most query strings that get a number of their own. */
const MAX_QUERIES = 10_000;
/** The longest inline image or font that is kept, in characters. */
const MAX_DATA_URL = 1_000_000;
/** Addresses of `url()`, and those in strings, of `@import` and `image-set`. */
const CSS_ADDRESS = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)|(["'])([^"'\s]*[?#@][^"'\s]*)\4/gi;
/** A query string within other text. */
const QUERY = /[?#&;][^\s"'<>()=?#]*=[^\s"'<>()]*/g;
const LOCAL_REFERENCE = /^#[\w.:-]*$/;
/** The user and the password of an address. Browsers accept any slashes after the schemes of the web, or none. */
const USER = /^((?:(?:https?|wss?|ftp):[\\/]*|(?:[a-z][a-z\d+.-]*:)?[\\/]{2,}))[^\\/?#]*@/i;

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
    if (!url.includes(":") && !url.includes("@")) return this.#withoutQuery(url);
    if (isInline(url)) return /^data:(?:image|font)\//i.test(url) && url.length <= MAX_DATA_URL ? url : "data:,";
    if (/^(?:javascript|vbscript|blob|filesystem):/i.test(url)) return "";
    return this.#withoutQuery(url.replace(USER, "$1"));
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
    type Part = string | undefined;
    return css.replace(CSS_ADDRESS, (all, double: Part, single: Part, bare: Part, quote: Part, text = "") => {
      if (quote !== undefined) return isInline(text) ? all : `${quote}${this.url(text)}${quote}`;
      const url = double ?? single ?? bare ?? "";
      use(url);
      return `url("${this.url(url).replaceAll('"', "%22")}")`;
    });
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

function isInline(url: string): boolean {
  return /^data:/i.test(url);
}
