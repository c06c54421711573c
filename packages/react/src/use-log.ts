import type { types } from "@rerun-ts/web";
import { useEffect, useRef } from "react";

/** Data that {@link useLog} logs in one row. */
type Loggable = types.AsComponents | readonly types.AsComponents[];

/**
 * Logs a row after the component was rendered. It does so once for each change of `dependencies`, as with `useEffect`,
 * or without them after every time. In strict mode too each row is logged once.
 *
 * @param recording a recording or a view of one. Nothing is logged while it is `undefined`
 * @param path the entity. An array of parts may be a new one each time
 * @param create returns the data, or `undefined` if there is none
 * @param dependencies the values in use by `create`
 * @example
 * useLog(rec, "cart/items", () => new rr.Scalars(items.length), [items.length]);
 */
export function useLog(
  recording: types.RecordingView | undefined,
  path: types.EntityPathLike,
  create: () => Loggable | null | undefined,
  dependencies?: readonly unknown[],
  options?: types.LogOptions,
): void {
  const logged = useRef<readonly unknown[]>(undefined);
  // Without dependencies, a new object makes each render differ from the previous one.
  const inputs = [recording, String(path), ...(dependencies ?? [{}])];
  useEffect(() => {
    if (recording === undefined || areSame(inputs, logged.current)) return;
    logged.current = inputs;
    const data = create();
    if (data !== undefined && data !== null) recording.log(path, data, options);
  }, inputs);
}

function areSame(inputs: readonly unknown[], logged: readonly unknown[] | undefined): boolean {
  return inputs.length === logged?.length && inputs.every((input, index) => Object.is(input, logged[index]));
}
