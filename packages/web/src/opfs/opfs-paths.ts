import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
/** Kind of stored data: recordings that stay, or data on its way to a server. */
export type OpfsArea = "recordings" | "spools";

const ROOT = "rerun-ts";
/** Names of files may have 255 bytes in all browsers. */
const MAX_NAME_LENGTH = 200;

/**
 * The name of a folder for a name that users have chosen.
 * @throws {TypeError} naming `argument` if the name is invalid
 */
export function folderName(name: string, argument = "name"): string {
  if (typeof name !== "string" || name === "") throw invalidArgument(argument, "a non-empty string", name);
  if (/\p{Surrogate}/u.test(name)) throw invalidArgument(argument, "well-formed Unicode", name);
  // All other characters could be separators, or have a meaning to a file system.
  const encoded = encodeURIComponent(name).replace(/^[.]|[!'()*]/g, encodeCharacter);
  if (encoded.length <= MAX_NAME_LENGTH) return encoded;
  throw argumentError(
    argument,
    `\`${argument}\` must be at most ${MAX_NAME_LENGTH} bytes long as a URL, got ${encoded.length}`,
  );
}

/** The name for which {@link folderName} has returned a folder. */
export function nameOfFolder(folder: string): string {
  return decodeURIComponent(folder);
}

/** The folder with all recordings or spools, or `undefined` if there is none and `create` is not set. */
export async function areaFolder(area: OpfsArea, create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await navigator.storage.getDirectory();
  const own = await childFolder(root, ROOT, create);
  return own === undefined ? undefined : childFolder(own, area, create);
}

/** A folder in another one, or `undefined` if it does not exist and `create` is not set. */
export async function childFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
  create: boolean,
): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await parent.getDirectoryHandle(name, { create });
  } catch (error) {
    if ((error as Error).name === "NotFoundError") return undefined;
    throw error;
  }
}

/** The folders, or the files, in a folder. */
export async function childHandles<Kind extends "file" | "directory">(
  folder: FileSystemDirectoryHandle,
  kind: Kind,
): Promise<(Kind extends "file" ? FileSystemFileHandle : FileSystemDirectoryHandle)[]> {
  const found: FileSystemHandle[] = [];
  const children = folder as unknown as { values(): AsyncIterable<FileSystemHandle> };
  for await (const child of children.values()) if (child.kind === kind) found.push(child);
  return found as never[];
}

/** The name of the Web Lock of a folder. */
export function lockName(area: OpfsArea, path: string): string {
  return `${ROOT}/${area}/${path}`;
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
