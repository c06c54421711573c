import { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { EntryIdMessage } from "./catalog-service.ts";

const ID = /^[0-9a-f]{32}$/i;

/** The id of an entry as text: 32 hexadecimal digits, as Rerun prints them. */
export function entryIdText(id: EntryIdMessage | undefined): string {
  const { timeNs, inc } = id?.id ?? {};
  if (timeNs === undefined || inc === undefined)
    throw new RerunError("INVALID_FORMAT", "the catalog sent an entry without an id");
  return timeNs.toString(16).toUpperCase().padStart(16, "0") + inc.toString(16).padStart(16, "0");
}

/** The id of an entry as a message. @throws {TypeError} if the text is none */
export function entryIdMessage(id: string): { readonly id: { readonly timeNs: bigint; readonly inc: bigint } } {
  if (typeof id !== "string" || !ID.test(id)) throw invalidArgument("id", "32 hexadecimal digits", id);
  return { id: { timeNs: BigInt(`0x${id.slice(0, 16)}`), inc: BigInt(`0x${id.slice(16)}`) } };
}
