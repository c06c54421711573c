import type { DefaultTheme } from "vitepress";

type SearchOptions = Extract<DefaultTheme.Config["search"], { provider: "local" }>["options"] & object;

/**
 * Search of the site. VitePress also sends the functions to the page, as text: each must be complete
 * in itself.
 */
export const SEARCH: SearchOptions = {
  miniSearch: {
    options: { processTerm: toUsSpelling },
    searchOptions: { boostDocument: preferUserPages, fuzzy: allowSlipsInLongWords },
  },
};

/**
 * A word in lower case and US spelling: the pages have British spelling, and names in the API are American. Words are
 * only compared with others that are spelt by the same rules, so the rules need not know exceptions.
 */
function toUsSpelling(term: string): string {
  return term
    .toLowerCase()
    .replace(/([bilv])our/, "$1or")
    .replace(/grey/, "gray")
    .replace(/tre$/, "ter")
    .replace(/is(e|ing|ation)/, "iz$1")
    .replace(/ll(ed|ing)/, "l$1");
}

/** Ranks pages for contributors below those for users. */
function preferUserPages(id: string): number {
  return /internals|architecture|websocket-p/.test(id) ? 0.15 : 1;
}

/** Tolerates slips in long words only: a short one is within one letter of too many others. */
function allowSlipsInLongWords(term: string): number | false {
  return term.length > 5 ? 0.2 : false;
}
