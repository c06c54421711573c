import type { StoreId } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import {
  allowedStores,
  checkAllowed,
  checkGrants,
  digestText,
  findGrant,
} from "../../dist/relay/http/access-grants.js";

const recording = (recordingId: string): StoreId => ({ kind: "recording", applicationId: "app", recordingId });
const LAYOUT: StoreId = { kind: "blueprint", applicationId: "app", recordingId: "layout" };

/** The ids of some recordings that patterns allow. */
function allowed(patterns: readonly string[], ids: readonly string[]): string[] {
  const allows = allowedStores({ recordings: patterns });
  return ids.filter((id) => allows?.(recording(id)));
}

describe("the rights of a token", () => {
  it("are none unless they are named", () => {
    expect(checkGrants("access", [{ token: "a" }, { token: "b", write: true }, { token: "c", read: true }])).toEqual([
      { sha256: digestText("a"), write: false, read: false, recordings: undefined },
      { sha256: digestText("b"), write: true, read: false, recordings: undefined },
      { sha256: digestText("c"), write: false, read: true, recordings: undefined },
    ]);
  });

  it("are found by the token or its hash, in any case of the hash", () => {
    const grants = checkGrants("access", [{ sha256: digestText("a").toUpperCase(), read: true }]);
    expect(findGrant(grants, "a")).toBe(grants[0]);
    expect(findGrant(grants, "b")).toBeUndefined();
    expect(findGrant(grants, digestText("a"))).toBeUndefined();
  });

  it("are of one entry: another one with the same token is refused, however it names the token", () => {
    const twice = [{ sha256: digestText("a").toUpperCase(), read: true }, { token: "b" }, { token: "a", write: true }];
    expect(() => checkGrants("access", twice)).toThrow(
      "`access[2]` has the token of `access[0]`: join them to one entry",
    );
  });

  it("contain the recordings that match a pattern, in the same case, and no others", () => {
    expect(allowed(["page-7"], ["page-7", "page-77", "Page-7", "a-page-7"])).toEqual(["page-7"]);
    expect(allowed(["a*", "*z"], ["a", "ab", "ba", "yz", "z"])).toEqual(["a", "ab", "yz", "z"]);
    expect(allowed(["a*b*a"], ["aba", "a-b-a", "aa", "ab", "abab"])).toEqual(["aba", "a-b-a"]);
    // One letter is not both ends, and pieces do not overlap.
    expect(allowed(["a*a", "xyx*xyx"], ["a", "aa", "xyxyx", "xyxxyx"])).toEqual(["aa", "xyxxyx"]);
    expect(allowed(["a.c"], ["abc", "a.c"])).toEqual(["a.c"]);
  });

  it("contain all layouts, and tables only without patterns", () => {
    const allows = allowedStores({ recordings: ["r"] });
    expect(allows?.(LAYOUT)).toBe(true);
    expect(() => checkAllowed(undefined, allows)).toThrow("the token does not allow tables");
    expect(() => checkAllowed(recording("x"), allows)).toThrow('the token does not allow the recording "x"');
    for (const store of [recording("r"), LAYOUT]) expect(() => checkAllowed(store, allows)).not.toThrow();
    expect(allowedStores({ recordings: undefined })).toBeUndefined();
    for (const store of [undefined, recording("x")]) expect(() => checkAllowed(store, undefined)).not.toThrow();
    expect(allowed([], ["r"])).toEqual([]);
  });
});
