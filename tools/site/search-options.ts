import type { DefaultTheme } from "vitepress";

type SearchOptions = Extract<DefaultTheme.Config["search"], { provider: "local" }>["options"] & object;

/**
 * Search of the site. VitePress also sends the functions to the page, as text: each must be complete
 * in itself.
 */
export const SEARCH: SearchOptions = {
  miniSearch: {
    options: { processTerm: toTerms },
    searchOptions: { boostDocument: preferUserPages, fuzzy: allowSlipsInLongWords },
  },
};

/**
 * A word in lower case and US spelling: the pages have British spelling, and names in the API are American. Words are
 * only compared with others that are spelt by the same rules, so the rules need not know exceptions.
 */
function toTerms(term: string, field?: string): string | string[] {
  const word = term
    .toLowerCase()
    .replace(/([bilv])our/, "$1or")
    .replace(/grey/, "gray")
    .replace(/tre$/, "ter")
    .replace(/is(e|ing|ation)/, "iz$1")
    .replace(/ll(ed|ing)/, "l$1");
  // Words that people look for, beside those of a heading.
  const others: Readonly<Record<string, string[]>> = {
    quick: ["install", "getting", "started"],
    time: ["timeline", "timelines"],
    reliability: ["lost", "data", "loss"],
  };
  const more = field === "title" && Object.hasOwn(others, word) ? others[word] : undefined;
  return more === undefined ? word : [word, ...more];
}

/** Ranks the pages of the first steps above others for users, and pages for contributors below these. */
function preferUserPages(id: string): number {
  if (/internals|architecture|websocket-p|contents/.test(id)) return 0.15;
  if (/archetypes|operations|scale|python|gallery|recipes/.test(id)) return 0.5;
  return /\/(?:index|logging|sinks|values|blueprints|browser|reliability)\.html/.test(id) ? 2 : 1;
}

/** Tolerates slips in long words only: a short one is within one letter of too many others. */
function allowSlipsInLongWords(term: string): number | false {
  return term.length > 5 ? 0.2 : false;
}
