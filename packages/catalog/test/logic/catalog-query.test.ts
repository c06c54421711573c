import { col } from "@rerun-ts/reading";
import { describe, expect, it } from "vitest";
import { CatalogQuery } from "../../dist/catalog-query.js";

/** The constructor, which the declarations leave out. */
const Query = CatalogQuery as unknown as new (dataset: object, options: unknown) => CatalogQuery;

function query(options: unknown): CatalogQuery {
  return new Query({ calls: {}, id: "id", name: "drives" }, options);
}

describe("a query of a dataset rejects before it calls the server", () => {
  it.for<[unknown, string]>([
    [undefined, "`options` must be an object with an `index`, got undefined"],
    [{ index: "f", segment: "a" }, "`segment` (did you mean `segments`?) is not an option of `query`"],
    [{ index: "f", segments: 5 }, "`segments` must be"],
    [{ index: "f", batchRows: 0 }, "`batchRows` must be a positive integer, got 0"],
    [{ index: "f", typeConflicts: "drop" }, '`typeConflicts` must be "error" or "skip", got "drop"'],
    [{ index: "f", fillLatestAt: 1 }, "`fillLatestAt` must be a boolean, got 1"],
    [{ index: "f", onProgress: true }, "`onProgress` must be a function, got true"],
    [{ index: "f", where: "x > 1" }, "`where` must be a condition of `col`"],
  ])("%o", ([options, message]) => {
    expect(() => query(options)).toThrow(message);
  });
});

describe("a query of a dataset accepts", () => {
  it.for<unknown>([
    { index: null },
    { index: "f", segments: ["a", "b"], contents: "/**", columns: [], range: { from: 1 }, usingIndexValues: [1] },
    { index: "f", where: col(["f", Number]).gt(5), batchRows: 1, typeConflicts: "skip", onProgress: () => {} },
  ])("%o", (options) => {
    expect(query(options)).toBeInstanceOf(CatalogQuery);
  });
});
