import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { parseAst } from "rolldown/parseAst";
import { expect, it } from "vitest";

/** The arguments of the functions around modules of CommonJS, in which Jest and some bundlers put ours. */
const TAKEN: ReadonlySet<string> = new Set(["module", "exports", "require", "__filename", "__dirname", "jest"]);

/** A part of a syntax tree in the form of ESTree. */
interface Tree {
  readonly type: string;
  readonly name?: string;
  readonly body?: readonly Tree[];
  readonly id?: Tree | null;
  readonly local?: Tree;
  readonly declaration?: Tree | null;
  readonly declarations?: readonly Tree[];
  readonly specifiers?: readonly Tree[];
  readonly properties?: readonly Tree[];
  readonly elements?: readonly (Tree | null)[];
  readonly value?: Tree;
  readonly left?: Tree;
  readonly argument?: Tree;
}

/** The names that a pattern declares. */
function namesIn(pattern: Tree | null | undefined): readonly string[] {
  if (pattern === null || pattern === undefined) return [];
  if (pattern.type === "Identifier") return [pattern.name ?? ""];
  const { properties = [], elements = [], value, left, argument } = pattern;
  return [...properties, ...elements, value, left, argument].flatMap(namesIn);
}

/** The names that a module declares or imports outside of functions and blocks. */
function namesOf(path: string): readonly string[] {
  const { body = [] } = parseAst(readFileSync(path, "utf8")) as unknown as Tree;
  return body.flatMap((statement) => {
    const { id, declarations = [], specifiers = [], type } = statement.declaration ?? statement;
    const imported = type === "ImportDeclaration" ? specifiers.map(({ local }) => local) : [];
    return [id, ...declarations.map((one) => one.id), ...imported].flatMap(namesIn);
  });
}

it("no module of a package declares a name that CommonJS has in each module", { timeout: 120_000 }, () => {
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "dist"));
  const files = folders.filter(existsSync).flatMap((folder) => {
    const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return all.filter((path) => path.endsWith(".js")).map((path) => join(folder, path));
  });
  expect(files.length).toBeGreaterThan(1000);
  const taken = files.flatMap((path) => namesOf(path).flatMap((name) => (TAKEN.has(name) ? [`${path}: ${name}`] : [])));
  expect(taken).toEqual([]);
});
