import { RerunError, isRerunError } from "@rerun-ts/core";
import {
  describeValue,
  invalidArgument,
  argumentError,
  isArrayBuffer,
  isUint8Array,
  isUrl,
} from "@rerun-ts/core/checks";
import { plainBytes } from "../arrays/plain-bytes.ts";
import { collect } from "./collect.ts";
import { fromUrl } from "./from-url.ts";
import {
  fromBlob,
  fromBytes,
  type FileLike,
  type OpenSource,
  type RandomAccess,
  type ReadOptions,
} from "./random-access.ts";

/**
 * Source of a recording: bytes, a `Blob` or `File`, a URL, on Node also a path, a stream, or any other reader of byte
 * ranges.
 */
export type RrdSource =
  | Uint8Array
  | ArrayBuffer
  | FileLike
  | URL
  | string
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | RandomAccess;

const EXPECTED = "bytes, a Blob, a URL, a path, a stream of Uint8Array or a RandomAccess";

/** Sources that were opened before. */
const openedBefore = new WeakSet();

/** A source that has been opened, for calls that open it again, which may then also read into their own memory. */
export function reopened(access: OpenSource, source: RrdSource): OpenSource {
  const { size, readInto } = access;
  // Without `close`, because only the one who opened it closes it.
  const shared: OpenSource = { size, readInto, read: (start, length, options) => access.read(start, length, options) };
  openedBefore.add(shared);
  const name = nameOf(source);
  if (name !== undefined) namesOfOpen.set(shared, name);
  return shared;
}

/** The names of sources that were opened before. */
const namesOfOpen = new WeakMap<object, string>();

/** The name of a source: its path or URL, or that of a `File`. */
function nameOf(source: RrdSource): string | undefined {
  if (typeof source === "string") return source;
  if (typeof source !== "object" || source === null) return undefined;
  if (isUrl(source)) return source.protocol === "file:" ? decodeURIComponent(source.pathname) : source.href;
  const { name } = source as { readonly name?: unknown };
  return typeof name === "string" && name !== "" ? name : namesOfOpen.get(source);
}

/** An error about the contents of a source, with the name of the source. Other errors remain as they are. */
export function withNameOf(source: RrdSource, error: unknown): unknown {
  const name = nameOf(source);
  if (name === undefined || !isRerunError(error) || error.code !== "INVALID_FORMAT") return error;
  if (error.message.includes(name)) return error;
  const { argument } = error;
  return new RerunError(error.code, `${name}: ${error.message}`, { argument, cause: error });
}

/** Opens a source. Rejects with a `TypeError` if the value is not a source. */
export async function openSource(source: RrdSource, options?: ReadOptions): Promise<OpenSource> {
  if (isUint8Array(source)) return fromBytes(source);
  if (isArrayBuffer(source)) return fromBytes(new Uint8Array(source));
  if (typeof source === "string") {
    if (/^https?:\/\//i.test(source)) return fromUrl(source, options);
    if (/^[a-z][a-z\d+.-]+:\/\//i.test(source))
      throw invalidArgument("source", "an `http:` or `https:` URL, a `URL` or a path", source);
    return openPlatformFile(source);
  }
  if (typeof source !== "object" || source === null) throw invalidArgument("source", EXPECTED, source);
  if (openedBefore.has(source)) return source as OpenSource;
  if (isUrl(source)) return source.protocol === "file:" ? openPlatformFile(source) : fromUrl(source, options);
  if ("size" in source && "read" in source && typeof source.read === "function") return checkedAccess(source);
  if ("size" in source && "slice" in source && typeof source.slice === "function") return fromBlob(source);
  if ("getReader" in source || Symbol.asyncIterator in source)
    return collect(source as AsyncIterable<Uint8Array>, options);
  throw invalidArgument("source", EXPECTED, source);
}

/** Loaded once, because Node looks for the file of a module again at each import. */
let files: Promise<{ openPath(this: void, path: string | URL): Promise<OpenSource> }> | undefined;

/** Opens a file on Node. Rejects in a page, which has no paths. */
export async function openPlatformFile(path: string | URL): Promise<OpenSource> {
  const { openPath } = await (files ??= import("#open-path"));
  return openPath(path);
}

/** A source of the program. @throws {TypeError} if its size, or later a result of `read`, is wrong */
function checkedAccess(source: RandomAccess): RandomAccess {
  const { size } = source;
  if (!Number.isSafeInteger(size) || size < 0)
    throw argumentError("source", `\`size\` of \`source\` must be a number of bytes, got ${describeValue(size)}`);
  return {
    size,
    async read(start, length, options) {
      const bytes = await source.read(start, length, options);
      if (isUint8Array(bytes) && bytes.byteLength === length) return plainBytes(bytes);
      const expected = `a Uint8Array of ${length} bytes`;
      throw argumentError("source", `\`read\` of \`source\` must return ${expected}, got ${describeValue(bytes)}`);
    },
    close: async () => source.close?.(),
  };
}
