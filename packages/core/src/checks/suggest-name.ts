/** The length from which names may differ in one letter. From twice this length they may differ in two. */
const LETTERS = 5;

/**
 * The name that a user probably meant by a name that does not exist: with another spelling or a typing error.
 *
 * @param maxDistance the number of letters that may differ; default: depends on the length of the name
 */
export function suggestName(name: string, names: Iterable<string>, maxDistance?: number): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let least = maxDistance === undefined ? Math.min(3, Math.floor(wanted.length / LETTERS) + 1) : maxDistance + 1;
  for (const candidate of names) {
    const distance = distanceOf(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** The description of a name that does not exist, with the probably intended name. */
export function didYouMean(name: string, meant: string | undefined): string {
  return meant === undefined ? `\`${name}\`` : `\`${name}\` (did you mean \`${meant}\`?)`;
}

/** A name in lower case, without separators, in American spelling: `colour_model` as `colormodel`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "").replaceAll("our", "or");
}

/** The number of letters to add, remove or replace. Source: the Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let at = 1; at <= a.length; at++) {
    const next = [at];
    for (let to = 1; to <= b.length; to++) {
      const replaced = (row[to - 1] as number) + (a[at - 1] === b[to - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[to] as number) + 1, (next[to - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
