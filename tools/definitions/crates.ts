import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const NAMES = ["re_sdk_types", "re_types_core", "re_protos"] as const;

/** The folders of Rerun's published sources. */
export type Crates = Readonly<Record<(typeof NAMES)[number], string>>;

/**
 * Has Cargo download the crates of a Rerun release, and returns where it unpacked them. Cargo downloads their
 * dependencies, too (some 60 MB, once), and compiles nothing.
 */
export async function fetchCrates(version: string): Promise<Crates> {
  const folder = await mkdtemp(join(tmpdir(), "rerun-crates-"));
  try {
    const dependencies = NAMES.map((name) => `${name} = { version = "=${version}", default-features = false }\n`);
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src/lib.rs"), "");
    await writeFile(
      join(folder, "Cargo.toml"),
      `[package]\nname = "sources"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${dependencies.join("")}`,
    );
    const options = { cwd: folder, maxBuffer: 2 ** 28 };
    const { stdout } = await promisify(execFile)("cargo", ["metadata", "--format-version", "1"], options);
    const { packages } = JSON.parse(stdout) as {
      readonly packages: readonly { readonly name: string; readonly manifest_path: string }[];
    };
    const folderOf = (name: string): string => {
      const manifest = packages.find((candidate) => candidate.name === name)?.manifest_path;
      if (manifest === undefined) throw new Error(`Cargo did not download ${name} ${version}`);
      return dirname(manifest);
    };
    return {
      re_sdk_types: folderOf("re_sdk_types"),
      re_types_core: folderOf("re_types_core"),
      re_protos: folderOf("re_protos"),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
