import { checkObject, invalidArgument } from "@rerun-ts/core/checks";
import { hashText } from "../store/hash-text.ts";

/** A share of the recordings of a dataset. */
export interface Share {
  /** The number of the share, from 1 to {@link count}. */
  index: number;
  /** The number of shares. */
  count: number;
}

const MAX_COUNT = 10_000;
export const WHOLE: Readonly<Share> = { index: 1, count: 1 };

/** Checks a share. @throws {TypeError} */
export function checkShare(share: Share | undefined): Readonly<Share> {
  if (share === undefined) return WHOLE;
  checkObject(share, "share");
  const { index, count } = share;
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_COUNT)
    throw invalidArgument("share.count", `an integer from 1 to ${MAX_COUNT}`, count);
  if (!Number.isSafeInteger(index) || index < 1 || index > count)
    throw invalidArgument("share.index", `an integer from 1 to ${count}, the number of shares`, index);
  return { index, count };
}

/** Whether something with a name of ASCII characters belongs to a share: on all machines, and in all versions. */
export function isInShare(name: string, { index, count }: Readonly<Share>): boolean {
  return count === 1 || hashText(name) % count === index - 1;
}
