import { hasDigits, ID_DIGITS } from "./id-digits.ts";

/** A schema that serves for other entities. */
interface Template<Contents> {
  readonly bytes: Uint8Array;
  /** The position of the digits of the id. */
  readonly place: number;
  /** The position of the path, and the one after it. */
  readonly pathStart: number;
  readonly pathEnd: number;
  readonly contents: Contents;
}

/** The most templates with the same length: programs log few combinations of components. */
const MAX_EQUAL = 8;
/** The most lengths, and the most bytes of a template. */
const MAX_LENGTHS = 1024;
const MAX_TEMPLATE_BYTES = 16 * 1024;

const latin1 = /* @__PURE__ */ new TextDecoder("latin1");
const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Schemas that serve for other entities: a schema whose bytes differ from those of a template in the id and the path
 * alone has the same contents, with this path.
 */
export class SchemaTemplates<Contents> {
  readonly #withPath: (contents: Contents, path: string) => Contents;
  readonly #byLength = new Map<number, Template<Contents>[]>();

  /** @param withPath the contents for another entity */
  constructor(withPath: (contents: Contents, path: string) => Contents) {
    this.#withPath = withPath;
  }

  /** The contents of a schema by a template, and the position of the digits of its id. `undefined`: there is none. */
  find(metadata: Uint8Array): { readonly contents: Contents; readonly place: number } | undefined {
    for (const template of this.#byLength.get(metadata.length) ?? []) {
      const path = pathIn(metadata, template);
      if (path !== undefined) return { contents: this.#withPath(template.contents, path), place: template.place };
    }
    return undefined;
  }

  /**
   * Adds a schema that was read, if the position of its path is certain.
   * @param path the path, which no other text of the schema equals
   */
  add(metadata: Uint8Array, contents: Contents, place: number, path: string): void {
    if (metadata.byteLength > MAX_TEMPLATE_BYTES) return;
    const found = placeOfPath(metadata, path);
    if (found === undefined) return;
    const templates = this.#byLength.get(metadata.length) ?? [];
    if (templates.length === MAX_EQUAL || (templates.length === 0 && this.#byLength.size === MAX_LENGTHS)) return;
    const [pathStart, pathEnd] = found;
    templates.push({ bytes: new Uint8Array(metadata), place, pathStart, pathEnd, contents });
    this.#byLength.set(metadata.length, templates);
  }
}

/** The start and the end of a path, as a string of a flatbuffer: preceded by its length, and followed by zero. */
function placeOfPath(metadata: Uint8Array, path: string): readonly [number, number] | undefined {
  const bytes = new TextEncoder().encode(path);
  const length = String.fromCharCode(...new Uint8Array(Uint32Array.of(bytes.length).buffer));
  const text = latin1.decode(metadata);
  const stored = `${length}${latin1.decode(bytes)}\0`;
  const start = text.indexOf(stored);
  if (start < 0 || start !== text.lastIndexOf(stored)) return undefined;
  return [start + length.length, start + length.length + bytes.length];
}

/** The path in a schema that otherwise equals a template, or `undefined`. */
function pathIn(metadata: Uint8Array, template: Template<unknown>): string | undefined {
  const { bytes, place, pathStart, pathEnd } = template;
  if (!hasDigits(metadata, place)) return undefined;
  for (let at = 0; at < bytes.length; at++) {
    if (metadata[at] === bytes[at]) continue;
    const isInPath = at >= pathStart && at < pathEnd;
    const isInId = at >= place && at < place + ID_DIGITS;
    if (!isInPath && !isInId) return undefined;
  }
  try {
    const path = utf8.decode(metadata.subarray(pathStart, pathEnd));
    // A path that looks like an id could be taken for one.
    return path.includes("chunk_") ? undefined : path;
  } catch {
    return undefined;
  }
}
