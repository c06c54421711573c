import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));

/** Entry points without a promise of stability, because only sibling packages import them. */
const UNPROMISED = [
  "./archetype-names",
  "./checks",
  "./encode",
  "./file-types",
  "./files",
  "./logging",
  "./media",
  "./recording",
  "./chunks",
  "./node-files",
  "./parts",
  "./processes",
  "./protobuf",
  "./protocol",
  "./query",
  "./relay",
  "./service",
  "./source",
  "./spool",
  "./status",
  "./threads",
  "./typed",
  "./types",
  "./util",
  "./value-types",
  "./viewer-page",
  "./viewer-types",
  "./web-viewer",
  "./rrd",
  "./storage",
  "./transport",
];

/** The parts of vite's syntax tree that are read here. */
interface Declaration {
  readonly type: string;
  readonly kind?: string;
  readonly id?: { readonly name: string } | null;
  readonly declarations?: readonly { readonly id: { readonly name: string } }[];
  readonly declaration?: Declaration | null;
}

/** The declarations and the exports of a module. */
interface Module {
  /** The kinds of each declared name: two for a type and a constant of one name. */
  readonly declared: ReadonlyMap<string, readonly string[]>;
  readonly imports: readonly Reference[];
  readonly exports: readonly Reference[];
  /** Modules whose exports are all exported. */
  readonly stars: readonly string[];
}

interface Reference {
  /** The name in this module, or the name that is exported. */
  readonly name: string;
  /** The name where it comes from, `*` for the module as a namespace. */
  readonly from: string;
  /** The module that it comes from; `undefined` for this module. */
  readonly path: string | undefined;
  /** Whether it is imported or exported as a type only. */
  readonly isType: boolean;
}

const KINDS: Readonly<Record<string, string>> = {
  ClassDeclaration: "class",
  FunctionDeclaration: "function",
  TSInterfaceDeclaration: "interface",
  TSTypeAliasDeclaration: "type",
};

const modules = new Map<string, Module>();

/** The entry points of a package that users may import: name → file. */
export function entryPoints(packageName: string): Map<string, string> {
  const all = [...allEntryPoints(packageName)];
  return new Map(
    all.filter(([name]) => !UNPROMISED.some((subpath) => name === `@rerun-ts/${packageName}${subpath.slice(1)}`)),
  );
}

function allEntryPoints(packageName: string): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(PACKAGES, packageName, "package.json"), "utf8")) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, { readonly default: string }>>;
  };
  return new Map(
    Object.entries(exports).map(([subpath, { default: built }]) => [join(name, subpath), sourceOf(packageName, built)]),
  );
}

/**
 * The names that a module exports, in order, each with its kinds, as in `ColorModel: const, type`. The names of a
 * namespace that is not an entry point follow it, as in `opfs.openRecording: function`.
 */
export function exportedNames(path: string, prefix = ""): string[] {
  return [...exportsOf(path)]
    .flatMap(([name, reference]) => [
      `${prefix}${name}: ${kindsOf(path, reference).join(", ")}`,
      ...(isOwnNamespace(reference) ? exportedNames(reference.path ?? path, `${prefix}${name}.`) : []),
    ])
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Whether this is a namespace that users have no other way to import. */
function isOwnNamespace({ from, path }: Reference): boolean {
  return (
    from === "*" && path !== undefined && /\/packages\/(?:node|types|web)\/src\/(?:namespaces\/)?[\w-]+\.ts$/.test(path)
  );
}

/** Exported name → its origin. Own exports override those of `export *`. */
function exportsOf(path: string): Map<string, Reference> {
  const { exports, stars } = readModule(path);
  const fromStars = stars.flatMap((star) =>
    [...exportsOf(star)].map(([name, reference]): [string, Reference] => [
      name,
      { ...reference, path: reference.path ?? star },
    ]),
  );
  const own = exports.map((reference): [string, Reference] => [reference.name, reference]);
  return new Map([...fromStars.filter(([name]) => name !== "default"), ...own]);
}

/** Returns the kinds of the declarations to which a reference in the module `path` leads. */
function kindsOf(path: string, reference: Reference): readonly string[] {
  const kinds = reference.from === "*" ? ["namespace"] : kindsIn(reference.path ?? path, reference.from);
  return reference.isType ? kinds.map((kind) => (kind === "class" ? "class as a type" : kind)) : kinds;
}

function kindsIn(path: string, name: string): readonly string[] {
  const { declared, imports } = readModule(path);
  const kinds = declared.get(name);
  if (kinds !== undefined) return kinds;
  const found = imports.find((reference) => reference.name === name) ?? exportsOf(path).get(name);
  if (found?.path === undefined) throw new Error(`${path} has no ${name}`);
  return kindsOf(path, found);
}

function readModule(path: string): Module {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const { program, module: record, errors } = parseSync(path, readFileSync(path, "utf8"));
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const entries = record.staticExports.flatMap((statement) => statement.entries);
  const isStar = ({ exportName }: (typeof entries)[number]): boolean => exportName.kind === "None";
  const resolved = {
    declared: declaredKinds(program.body as unknown as readonly Declaration[]),
    imports: record.staticImports.flatMap(({ moduleRequest, entries: imported }) =>
      imported.map(({ localName, importName, isType }) => ({
        name: localName.value,
        from: importName.name ?? "*",
        path: resolvePath(path, moduleRequest.value),
        isType,
      })),
    ),
    exports: entries
      .filter((entry) => !isStar(entry))
      .map(({ exportName, importName, localName, moduleRequest, isType }) => ({
        name: exportName.name ?? "default",
        from: importName.name ?? localName.name ?? "*",
        path: moduleRequest === null ? undefined : resolvePath(path, moduleRequest.value),
        isType,
      })),
    stars: entries.filter(isStar).map(({ moduleRequest }) => resolvePath(path, moduleRequest?.value ?? "")),
  };
  modules.set(path, resolved);
  return resolved;
}

function declaredKinds(body: readonly Declaration[]): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  for (const statement of body) {
    const declaration = statement.declaration ?? statement;
    const kind = declaration.type === "VariableDeclaration" ? declaration.kind : KINDS[declaration.type];
    const names = declaration.declarations?.map(({ id }) => id.name) ?? [declaration.id?.name];
    for (const name of names) {
      if (name !== undefined && kind !== undefined) declared.set(name, [...(declared.get(name) ?? []), kind].sort());
    }
  }
  return declared;
}

/** The file of an import, where it is one of ours. */
function resolvePath(importer: string, specifier: string): string {
  if (specifier.startsWith(".")) return join(dirname(importer), specifier);
  const packageName = /^@rerun-ts\/(\w+)/.exec(specifier)?.[1];
  return packageName === undefined ? specifier : (allEntryPoints(packageName).get(specifier) ?? specifier);
}

function sourceOf(packageName: string, built: string): string {
  return join(PACKAGES, packageName, built.replace(/dist\/(?:bundle\/)?/, "src/").replace(/\.js$/, ".ts"));
}
