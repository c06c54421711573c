import { invalidArgument } from "@rerun-ts/core/checks";
import type { ObjectStore } from "./object-store.ts";

/** Checks that something has the methods of a store, as a string has not. @throws {TypeError} */
export function checkObjectStore<Name extends keyof ObjectStore>(
  argument: string,
  store: Pick<ObjectStore, Name>,
  methods: readonly Name[],
): void {
  const given = store as Partial<Record<Name, unknown>> | null | undefined;
  if (!methods.every((name) => typeof given?.[name] === "function"))
    throw invalidArgument(argument, "a store, such as that of `s3Store`", store);
}
