import { createHash } from "node:crypto";
import type { StoreId } from "@rerun-ts/core";

/** The end of a part's name during writing, so that readers of `*.rrd` do not see the part. */
export const OPEN = ".open";
/** The end of the name of a part's lock. */
export const LOCK = ".lock";
/** Longer names of recordings are cut, because names of files have a limit of 255 bytes. */
const MAX_LENGTH = 120;
const HASH_LENGTH = 16;
const DIGITS = 6;
/** Numbers with more digits are not exact, so that no number would follow them. */
const NAME = /^(.+)-(\d{6,15})[.](rrd|rbl)([.]open|[.]lock)?$/;

/** The name that all parts of a store begin with: the id of a recording, or the application of a layout. */
export function partStem({ kind, applicationId, recordingId }: StoreId): string {
  const id = kind === "recording" ? recordingId : applicationId;
  const name = [...new TextEncoder().encode(id)].map((byte, index) => escapeByte(byte, index)).join("");
  if (name.length <= MAX_LENGTH) return name;
  return `${name.slice(0, MAX_LENGTH)}~${createHash("sha256").update(id).digest("hex").slice(0, HASH_LENGTH)}`;
}

/** The name of a part. Sorted by name, the parts of a recording are in the order in which they were begun. */
export function partName(storeId: StoreId, number: number): string {
  const extension = storeId.kind === "recording" ? "rrd" : "rbl";
  return `${partStem(storeId)}-${String(number).padStart(DIGITS, "0")}.${extension}`;
}

/** A name in a folder of parts, taken apart. */
export interface PartName {
  readonly stem: string;
  readonly number: number;
  /** The name without its extension. */
  readonly name: string;
  readonly kind: "complete" | "open" | "lock";
}

/** Parses a name. Returns `undefined` for other files. */
export function parsePartName(text: string): PartName | undefined {
  const [, stem, digits, extension, suffix = ""] = NAME.exec(text) ?? [];
  if (stem === undefined) return undefined;
  const kind = suffix === "" ? "complete" : suffix === OPEN ? "open" : "lock";
  return { stem, number: Number(digits), name: `${stem}-${digits}.${extension}`, kind };
}

/** Bytes other than letters, digits and `._-` become `%XX`, so that different ids have different names. */
function escapeByte(byte: number, index: number): string {
  const character = String.fromCharCode(byte);
  // A leading dot would hide the file.
  if (/[\w.-]/.test(character) && !(index === 0 && character === ".")) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
