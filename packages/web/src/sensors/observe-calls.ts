/** Sees a call before it happens. */
export type OnCall = (self: unknown, args: readonly unknown[]) => void;

/**
 * Watches the calls of a method, which has the same `this`, arguments, results and errors as before. Does nothing if a
 * page has made the method an accessor, or has frozen it.
 *
 * @param object the object with the method, its own or an inherited one
 * @returns a function that puts the original back, unless someone has replaced the method since, and ends the calls
 */
export function observeCalls(object: object, name: string, onCall: OnCall): () => void {
  let owner: object | null = object;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null;
  const descriptor = owner === null ? undefined : Object.getOwnPropertyDescriptor(owner, name);
  const original: unknown = descriptor?.value;
  if (owner === null || descriptor?.configurable !== true || typeof original !== "function") return () => {};
  const place = owner;
  let isOn = true;
  // A proxy has the name, the length and the properties of the original.
  const observed = new Proxy(original, {
    apply(target, self, args: unknown[]) {
      if (isOn) attempt(() => onCall(self, args));
      return Reflect.apply(target, self, args) as unknown;
    },
  });
  Object.defineProperty(place, name, { ...descriptor, value: observed });
  return () => {
    isOn = false;
    // Others who have wrapped it keep it, as a function that only passes calls on.
    if (Object.getOwnPropertyDescriptor(place, name)?.value === observed)
      Object.defineProperty(place, name, descriptor);
  };
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Arguments of a hostile page must not make its call fail.
  }
}
