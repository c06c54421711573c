import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./lib/run.mjs";

/** What the sources of each package may import besides their own files. */
const ALLOWED = {
  core: [/^@bufbuild\/protobuf/],
  types: [/^@rerun-ts\/core(\/internal)?$/],
  node: [/^@rerun-ts\/(core|types)(\/(internal|files))?$/, /^node:/, /^@connectrpc\//, /^(open|sirv|ws)$/],
  web: [/^@rerun-ts\/(core|types)(\/internal)?$/],
};

/** What single files may import on top: what they are for. */
const ALLOWED_IN_FILE = {
  "web/src/read.ts": /^@rerun-ts\/core\/decode$/,
  "web/src/reading/proxy-call.ts": /^(@rerun-ts\/core\/decode|@connectrpc\/connect(-web)?)$/,
  "web/src/reading/read-messages.ts": /^@rerun-ts\/core\/decode$/,
  // A program of its own: whoever logs does not load it.
  "node/src/cli/relay-recorder.ts": /^@rerun-ts\/core\/decode$/,
  "node/src/cli/serve-command.ts": /^@rerun-ts\/core\/decode$/,
  "node/src/logs/rerun-transport.ts": /^winston-transport$/,
};

/** In core a datum walks down this list once: a folder imports from itself and from the folders named. */
const CORE_LAYERS = {
  // The files at the top: errors, and what messages are made of.
  ".": [],
  hash: ["."],
  time: ["."],
  entity: ["."],
  arrow: ["."],
  batch: [".", "time", "arrow"],
  compress: [".", "arrow"],
  rrd: [".", "time", "arrow", "batch", "compress", "hash", "gen"],
  sink: [".", "batch", "rrd"],
  transport: [".", "batch", "rrd", "sink"],
  recording: [".", "time", "entity", "arrow", "batch", "compress", "hash", "rrd", "sink"],
  gen: ["."],
};

const IMPORT = /^\s*(?:import|export)\b[^"';]*?\bfrom\s+"([^"]+)"/gm;

/** Problems, one a line; empty if there are none. */
export async function checkDependencies() {
  const problems = [];
  for (const name of Object.keys(ALLOWED)) {
    const folder = join(root, "packages", name, "src");
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
      const source = await readFile(join(folder, path), "utf8");
      for (const [, imported] of source.matchAll(IMPORT)) {
        const problem = imported.startsWith(".")
          ? layerProblem(name, path, imported)
          : packageProblem(name, path, imported);
        if (problem !== undefined) problems.push(`packages/${name}/src/${path} imports ${imported}: ${problem}`);
      }
    }
  }
  return problems.join("\n");
}

function packageProblem(name, path, imported) {
  const patterns = [...ALLOWED[name], ALLOWED_IN_FILE[`${name}/src/${path}`]];
  return patterns.some((pattern) => pattern?.test(imported)) ? undefined : `not allowed in ${name}`;
}

function layerProblem(name, path, imported) {
  if (name !== "core" || ["index.ts", "internal.ts", "decode.ts"].includes(path)) return undefined;
  const from = path.includes("/") ? path.split("/")[0] : ".";
  const target = join(path, "..", imported);
  const to = target.includes("/") ? target.split("/")[0] : ".";
  if (from === to || CORE_LAYERS[from]?.includes(to)) return undefined;
  return `${from}/ must not know ${to}/`;
}
