const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)?/gi;
const IMPORT = /@(?:import|namespace)[^;{}]*;?/gi;
/** A string with an address, for `image-set` and `src`. */
const ADDRESS = /(["'])\s*(?:[a-z][a-z\d+.-]*:)?\/\/[^"']*\1/gi;
const LOADS = /url\(|@import|image-set\(|src\(|image\(|cross-fade\(|element\(|expression\(|-moz-binding/gi;
const ESCAPE = /\\(?:([\da-f]{1,6})\s?|([^\n]))/gi;
const LAST_CODE_POINT = 0x10ffff;

/** The address of a stored image or font, by the address in the recording. */
export type FindAsset = (url: string) => string | undefined;

/** A style sheet, or a part of it, that loads nothing: of its addresses, inline and stored images and fonts remain. */
export function safeCss(css: string, find: FindAsset): string {
  const plain = css.replaceAll(ESCAPE, (_, code: string | undefined, character: string | undefined) =>
    code === undefined ? (character ?? "") : String.fromCodePoint(Math.min(parseInt(code, 16), LAST_CODE_POINT)),
  );
  // Escapes that hide an address: no style sheet of a page needs them.
  if ((plain.match(LOADS) ?? []).length !== (css.match(LOADS) ?? []).length) return "";
  if (!/[(@"']/.test(css)) return css;
  return css
    .replaceAll(IMPORT, "")
    .replaceAll(CSS_URL, (_, double?: string, single?: string, bare?: string) => {
      const url = (double ?? single ?? bare ?? "").trim();
      return `url("${safeUrl(url, find)}")`;
    })
    .replaceAll(ADDRESS, '"data:,"');
}

/** An address that loads nothing: a place within the document, an inline image or font, or a stored one. */
export function safeUrl(url: string, find: FindAsset): string {
  if (/^#[\w.:-]*$/.test(url)) return url;
  if (/^data:(?:image|font)\/[\w.+-]+[;,][^"'()\\\s]*$/i.test(url)) return url;
  return find(url) ?? "data:,";
}
