import { RerunError } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import type { ImportedFile } from "./imported-file.ts";

const LFS = "version https://git-lfs.github.com/spec/";
/** The parts of a text file that are searched. */
const SEARCHED_BYTES = 1024 * 1024;

/** @throws {RerunError} `INVALID_FORMAT` if the bytes are a pointer of Git LFS in place of a file */
export function checkFetched(name: string, bytes: Uint8Array): void {
  if (bytes.byteLength > 1024 || beginningOf(bytes, LFS.length) !== LFS) return;
  throw new RerunError(
    "INVALID_FORMAT",
    `${JSON.stringify(name)} is a pointer of Git LFS and not the file itself; run \`git lfs pull\``,
    { argument: "contents" },
  );
}

/** Warns of files to which a model refers, because viewers receive only this one. */
export function warnOfCompanions({ recording, name, extension, bytes }: ImportedFile): void {
  const found = extension === "gltf" ? companionsOfGltf(bytes) : extension === "obj" ? companionsOfObj(bytes) : [];
  if (found.length === 0) return;
  const remedy = extension === "gltf" ? "pack it as a .glb" : "convert it to a .glb";
  const files = found.slice(0, 3).join(", ") + (found.length > 3 ? ", …" : "");
  internalsOf(recording).notice(
    `${JSON.stringify(name)} refers to other files, which viewers do not receive: ${files}; ${remedy}`,
  );
}

function companionsOfGltf(bytes: Uint8Array): string[] {
  try {
    const json = JSON.parse(beginningOf(bytes, bytes.byteLength)) as Readonly<Record<string, unknown>>;
    return ["buffers", "images"].flatMap((key) =>
      ((json[key] ?? []) as readonly { readonly uri?: unknown }[])
        .map(({ uri }) => uri)
        .filter((uri): uri is string => typeof uri === "string" && !uri.startsWith("data:")),
    );
  } catch {
    // Viewers report damaged files.
    return [];
  }
}

function companionsOfObj(bytes: Uint8Array): string[] {
  const lines = beginningOf(bytes, SEARCHED_BYTES).matchAll(/^mtllib[ \t]+(\S.*?)[ \t]*\r?$/gm);
  return Array.from(lines, ([, file]) => file as string);
}

function beginningOf(bytes: Uint8Array, length: number): string {
  return new TextDecoder().decode(bytes.slice(0, length));
}
