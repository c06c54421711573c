import { RerunError } from "@rerun-ts/core";
import type { ObjectInfo } from "../store/object-store.ts";

/** A page of a list of objects. */
export interface ListPage {
  readonly objects: readonly ObjectInfo[];
  /** The folders, if a delimiter was requested. */
  readonly folders: readonly string[];
  /** The token of the next page, or `undefined` at the end. */
  readonly next: string | undefined;
}

/**
 * Parses the response to ListObjectsV2.
 *
 * @param before the token of the requested page, or `undefined` for the first one
 * @throws {RerunError} `INVALID_FORMAT`
 */
export function parseListPage(xml: string, before?: string): ListPage {
  const objects = [...xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)].map(([, content = ""]) => {
    const etag = elementText(content, "ETag");
    const modified = timeOf(elementText(content, "LastModified"));
    return {
      key: copyOf(elementText(content, "Key") ?? ""),
      size: Number(elementText(content, "Size")),
      ...(etag === undefined ? {} : { etag }),
      ...(modified === undefined ? {} : { modified }),
    };
  });
  if (objects.some(({ key, size }) => key === "" || !Number.isSafeInteger(size)))
    throw new RerunError("INVALID_FORMAT", "the list of objects has one without a key or a size");
  const folders = [...xml.matchAll(/<CommonPrefixes>([^]*?)<\/CommonPrefixes>/g)].map(([, content = ""]) =>
    copyOf(elementText(content, "Prefix") ?? ""),
  );
  if (elementText(xml, "IsTruncated") !== "true") return { objects, folders, next: undefined };
  const next = elementText(xml, "NextContinuationToken");
  // Otherwise a part of the list would be taken for the whole list.
  if (next === undefined || next === before)
    throw new RerunError("INVALID_FORMAT", "the server does not say how its list goes on: it lacks ListObjectsV2");
  return { objects, folders, next };
}

/** A copy of a text. A part of a text keeps all of it in memory, which is a whole page for each key. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** A time in a list or a header. */
export function timeOf(text: string | null | undefined): Date | undefined {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** The text of the first element with a name. */
export function elementText(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : unescapeXml(text);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
