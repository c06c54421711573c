import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { PACKAGES } from "@rerun-ts/test-support/packages/pack";

/** An example of a doc block, as a program without the names that its readers have. */
export interface DocExample {
  /** The name of its file, which says where it is from. */
  readonly name: string;
  readonly packageName: string;
  readonly code: string;
}

const BLOCK = /\/\*\*([\s\S]*?)\*\//g;
const EXAMPLE = /\n\s*\*\s*@example\b/;
/** A tag that ends an example. */
const NEXT_TAG = /\n\s*\*\s*@\w/;
const IMPORT = /^import /;
/** The modules whose exports the examples of a package use without an import. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  reading: ["@rerun-ts/reading", "apache-arrow"],
  mcap: ["@rerun-ts/mcap", "@rerun-ts/reading", "apache-arrow"],
  catalog: ["@rerun-ts/catalog", "@rerun-ts/reading", "apache-arrow"],
  import: ["@rerun-ts/import", "@rerun-ts/reading", "apache-arrow"],
  storage: ["@rerun-ts/storage"],
  testing: ["@rerun-ts/testing"],
  three: ["@rerun-ts/three"],
  controls: ["@rerun-ts/controls"],
  replay: ["@rerun-ts/replay"],
  opentelemetry: ["@rerun-ts/opentelemetry"],
  react: ["@rerun-ts/react"],
};
/** Errors of the compiler about names that are not declared. */
const UNDECLARED = /^[^(]*?([\w-]+\.tsx?)\(.*error TS(?:2304|2552|18004|2503): .*?'(\w+)'/gm;

/** All examples in the doc blocks of the packages, except for those in HTML. */
export async function docExamples(): Promise<readonly DocExample[]> {
  const examples: DocExample[] = [];
  for (const packageName of PACKAGES) {
    const folder = join(root, "packages", packageName, "src");
    for (const file of (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name)).sort()) {
      const text = await readFile(join(folder, file), "utf8");
      for (const code of examplesIn(text)) {
        const extension = /<[A-Z]/.test(code) ? "tsx" : "ts";
        const name = `tsdoc-${packageName}-${file.replace(/\.tsx?$/, "").replace(/\W/g, "-")}-${examples.length}.${extension}`;
        examples.push({ name, packageName, code });
      }
    }
  }
  return examples;
}

/** The examples in the doc blocks of a source. */
export function examplesIn(text: string): string[] {
  return Array.from(text.matchAll(BLOCK), ([, block = ""]) => block.split(EXAMPLE).slice(1))
    .flat()
    .map((part) =>
      (part.split(NEXT_TAG, 1)[0] ?? "")
        .replace(/^\s*\* ?/gm, "")
        .replace(/```\w*/g, "")
        .trim(),
    )
    .filter((code) => !code.startsWith("<") || code.startsWith("<Rerun"));
}

/** The program of an example. `undeclared` are the names that it does not declare. */
export async function programOf(example: DocExample, undeclared: readonly string[] = []): Promise<string> {
  const { name, packageName, code } = example;
  const lines = code.split("\n");
  const isWeb = packageName === "web" || packageName === "react" || code.includes("openWebViewer");
  const main = `@rerun-ts/${isWeb ? "web" : "node"}`;
  const given = lines.filter((line) => IMPORT.test(line));
  const imports = [
    ...(given.some((line) => line.includes("* as rr ")) ? [] : [`import * as rr from "${main}";`]),
    ...(given.some((line) => line.includes("* as rrb ")) ? [] : [`import * as rrb from "${main}/blueprint";`]),
    ...given,
  ];
  const isPage = name.startsWith("tsdoc-storage-pages");
  const modules = isPage ? ["@rerun-ts/storage/web"] : (MODULES[packageName] ?? []);
  const declared: string[] = /\b(?:const|let) rec\b/.test(code) ? [] : ["declare const rec: rr.RecordingStream;"];
  for (const missing of undeclared) {
    const module = await moduleWith(missing, modules);
    if (module !== undefined) imports.push(`import { ${missing} } from "${module}";`);
    // Something of the reader's program.
    else declared.push(`declare const ${missing}: any; type ${missing} = any;`);
  }
  return [...imports, "export {};", ...declared, ...lines.filter((line) => !IMPORT.test(line)), ""].join("\n");
}

async function moduleWith(name: string, modules: readonly string[]): Promise<string | undefined> {
  for (const module of modules) if (name in ((await import(module)) as object)) return module;
  return undefined;
}

/** The undeclared names of each file in the output of the compiler. */
export function undeclaredNames(output: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const [, file = "", name = ""] of output.matchAll(UNDECLARED))
    found.set(file, (found.get(file) ?? new Set()).add(name));
  return new Map(Array.from(found, ([file, names]) => [file, [...names]]));
}
