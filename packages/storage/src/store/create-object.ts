import { RerunError } from "@rerun-ts/core";
import type { CreateOptions, ObjectBody, ObjectStore } from "./object-store.ts";

/**
 * Creates an object in any store. One that does not say whether it has created the object would lose data: a part
 * counts as sent, or as there already.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the store resolves to neither `true` nor `false`, and the errors of the
 * store
 */
export async function createObject(
  store: Pick<ObjectStore, "create"> & Partial<Pick<ObjectStore, "url">>,
  key: string,
  body: ObjectBody,
  options?: CreateOptions,
): Promise<boolean> {
  const isCreated: unknown = await store.create(key, body, options);
  if (typeof isCreated === "boolean") return isCreated;
  throw new RerunError(
    "INVALID_ARGUMENT",
    `\`create\` of the store ${store.url} must resolve to true if it has created the object, ` +
      `and to false if there was one, got ${String(isCreated)}`,
    { argument: "store" },
  );
}
