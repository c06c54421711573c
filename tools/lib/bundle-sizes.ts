import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "@rerun-ts/test-support/node/environment";
import {
  archetypesIn,
  bundle,
  pageFiles,
  type Bundle,
  type BundledModule,
  type BundleOptions,
  type PageOptions,
} from "@rerun-ts/test-support/packages/bundle";

const FOLDER = "benchmarks/size";

/** A program in benchmarks/size. */
export interface Program {
  readonly name: string;
  /** The actions of the program's user, for the README. */
  readonly story: string;
  /** In bytes after gzip: of the bundle if that holds everything, otherwise of all files. */
  readonly budget?: number;
  /** Default: browsers. */
  readonly platform?: "node";
  /** Modules that it loads while it runs. */
  readonly later?: readonly string[];
  /** Packages of others that are not counted. */
  readonly externals?: readonly string[];
}

const PROGRAMS: readonly Program[] = [
  { name: "points-scalars-memory", story: "a page logs points and scalars into memory", budget: 46_400 },
  { name: "points-layout", story: "the same, with a layout of two views" },
  { name: "points-download", story: "a page logs points and gives them as a download", budget: 46_200 },
  { name: "points-grpc", story: "a page streams points with `connectGrpc`", budget: 59_800, later: ["connect-grpc"] },
  {
    name: "points-opfs",
    story: "a page keeps points in the browser with `saveToOpfs`",
    budget: 52_500,
    later: ["save-to-opfs"],
  },
  { name: "opfs-worker", story: "the worker that `saveToOpfs` starts", budget: 12_000 },
  {
    name: "points-viewer",
    story: "a page shows points in the viewer within it, besides the viewer itself",
    externals: ["@rerun-io/web-viewer"],
  },
  {
    name: "viewer-control",
    story: "the same, and controls the viewer",
    budget: 65_000,
    later: ["control-web-viewer"],
    externals: ["@rerun-io/web-viewer"],
  },
  { name: "three-archetypes", story: "a page with three archetypes and a download" },
  {
    name: "query-page",
    story: "a page opens a recording and queries it, with apache-arrow",
    budget: 69_900,
    later: ["open-path.browser"],
  },
  { name: "controls-panel", story: "the panel of controls, as a page or an element", budget: 15_000 },
  { name: "everything", story: "all that `@rerun-ts/web` exports" },
  { name: "node-save", story: "a program on Node, saved to a file", platform: "node" },
];

/** The size of a program, in bytes. */
export interface Size extends Program {
  /** The size as one minified file, without the modules that it loads later. */
  readonly bytes: number;
  readonly gzip: number;
  /** `undefined` if it was not measured, which takes seconds. */
  readonly brotli: number | undefined;
  /** For pages: after gzip, all files that Vite makes of it and that it loads. */
  readonly page: number | undefined;
  /** The size to which the budget applies. */
  readonly counted: number;
  /** The modules in the file, the largest first. */
  readonly modules: readonly BundledModule[];
}

/** Options of {@link measureSizes}. */
export interface MeasureOptions {
  /** Whether the sizes after brotli are measured. */
  readonly brotli: boolean;
}

/** Measures all programs. */
export async function measureSizes(options: MeasureOptions): Promise<readonly Size[]> {
  const sizes: Size[] = [];
  for (const program of PROGRAMS) sizes.push(await measure(program, options));
  return sizes;
}

async function measure(program: Program, options: MeasureOptions): Promise<Size> {
  const { name, platform, later, externals } = program;
  const { bytes, modules } = await programBundle(name, { platform });
  const files = platform === "node" ? undefined : await programFiles(name, { later, externals });
  const gzip = compressedSize(bytes);
  const page = files?.reduce((sum, file) => sum + compressedSize(file), 0);
  const brotli = options.brotli ? brotliCompressSync(bytes).byteLength : undefined;
  const counted = later === undefined ? gzip : (page ?? gzip);
  return { ...program, bytes: bytes.byteLength, gzip, brotli, page, counted, modules };
}

/**
 * Finds code that a program loads without using it: core must run in browsers unchanged, and pages must hold only their
 * archetypes.
 */
export async function contentProblems(): Promise<string[]> {
  const core = await bundle('export * from "@rerun-ts/core";');
  const problems = core.externals.map((name) => `core imports ${name}`);
  const inCore = archetypesIn(core.text);
  for (const [name, archetypes] of [
    ["points-download", ["Points3D"]],
    ["three-archetypes", ["Boxes3D", "Points3D", "Transform3D"]],
  ] as const) {
    const used = archetypes.map((archetype) => `rerun.archetypes.${archetype}`);
    const held = archetypesIn((await programBundle(name)).text);
    const unused = held.filter((archetype) => !used.includes(archetype) && !inCore.includes(archetype));
    const missing = used.filter((archetype) => !held.includes(archetype));
    if (unused.length > 0) problems.push(`${name} contains ${unused.join(", ")}, which it does not use`);
    if (missing.length > 0) problems.push(`${name} lacks ${missing.join(", ")}: does this check still find names?`);
  }
  // Metro and Hermes accept no import of a name that is computed.
  const computed = /\bimport\((?!["'`.])/.exec((await programBundle("everything")).text);
  if (computed !== null)
    problems.push(
      `@rerun-ts/web imports a computed name: ${computed.input.slice(computed.index, computed.index + 60)}`,
    );
  for (const file of await programFiles("points-download")) {
    if (file.includes("ARROW1")) problems.push("points-download loads the reader of recordings, which it does not use");
    if (file.includes("WriteMessages")) problems.push("points-download loads gRPC-web, which it does not use");
    if (file.includes("QuotaExceededError") && file.includes("segmentBytes"))
      problems.push("points-download loads what writes to OPFS, which it does not use");
  }
  // Features that only few pages use, each with a string that its code contains.
  const optional = { WorkerHost: "rerun-open", "video encoding": "VideoEncoder", sensors: "deviceorientation" };
  for (const file of await programFiles("points-grpc")) {
    for (const [name, text] of Object.entries(optional)) {
      if (file.includes(text)) problems.push(`points-grpc loads ${name}, which it does not use`);
    }
  }
  const everything = (await programBundle("everything")).text;
  for (const [name, text] of Object.entries(optional)) {
    if (!everything.includes(text)) problems.push(`nothing contains ${text}: does this check still find ${name}?`);
  }
  return problems;
}

const bundles = new Map<string, Promise<Bundle>>();
const pages = new Map<string, Promise<readonly string[]>>();

/** The bundle of a program, which is made once. */
function programBundle(name: string, options?: BundleOptions): Promise<Bundle> {
  const made = bundles.get(name) ?? programText(name).then((text) => bundle(text, options));
  bundles.set(name, made);
  return made;
}

/** The files that the page of a program loads. They are made once for the same options. */
function programFiles(name: string, options: PageOptions = {}): Promise<readonly string[]> {
  const key = JSON.stringify([name, options]);
  const made = pages.get(key) ?? pageFiles(programPath(name), options);
  pages.set(key, made);
  return made;
}

function programPath(name: string): string {
  return `${FOLDER}/${name}.ts`;
}

function programText(name: string): Promise<string> {
  return readFile(join(root, programPath(name)), "utf8");
}

function compressedSize(file: string | Uint8Array): number {
  return gzipSync(file, { level: 9 }).byteLength;
}
