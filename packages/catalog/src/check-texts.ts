import { invalidArgument } from "@rerun-ts/core/checks";

/** Texts that begin with the scheme of a URL. */
export const ABSOLUTE_URL: RegExp = /^[a-z][a-z\d+.-]+:/i;

/** A string or an array of them, as an array. @throws {TypeError} naming the argument */
export function checkTexts(name: string, values: string | readonly string[], what: string): readonly string[] {
  const all: unknown = typeof values === "string" ? [values] : values;
  if (Array.isArray(all) && all.every((value) => typeof value === "string" && value !== "")) return all as string[];
  throw invalidArgument(name, `an array of ${what}`, values);
}

/** A non-empty string. @throws {TypeError} naming the argument */
export function checkNonEmptyText(name: string, value: unknown, what = "a non-empty string"): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidArgument(name, what, value);
}

/** An absolute URL: a server cannot know the folder of this program. @throws {TypeError} naming the argument */
export function checkUrl(name: string, value: unknown): string {
  const url = checkNonEmptyText(name, value, "an absolute URL, such as file:///data/a.rrd");
  if (ABSOLUTE_URL.test(url)) return url;
  throw invalidArgument(name, "an absolute URL, such as file:///data/a.rrd", url);
}
