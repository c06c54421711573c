/** The key of a function that returns the object itself. The key is shared, so several copies of a package agree. */
const RAW: unique symbol = /* @__PURE__ */ Symbol.for("rerun-ts.raw") as never;

const NONE: ReadonlySet<string> = /* @__PURE__ */ new Set();

/** The prototypes whose methods work through proxies. */
const prepared = /* @__PURE__ */ new WeakSet();

/**
 * The object behind a proxy, such as those of Vue, Alpine, valtio and MobX, if its class calls {@link throughProxies}.
 * Anything else is returned unchanged.
 */
export function rawOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  const raw: unknown = (value as { readonly [RAW]?: unknown })[RAW];
  return typeof raw === "function" ? ((raw as () => unknown)() as Value) : value;
}

/**
 * Lets the methods and accessors of an object work through a proxy. Users put recordings and sinks into reactive state,
 * whose proxies call methods with themselves as `this`: they have no private members. Called by constructors. The first
 * call for a class prepares its methods, so that bundlers can still leave out unused classes.
 *
 * @param except methods that find the object by {@link rawOf} themselves, because programs call them for each row
 */
export function throughProxies(object: object, except: ReadonlySet<string> = NONE): void {
  // A function, because proxies wrap every object that they return.
  Object.defineProperty(object, RAW, { value: () => object });
  for (
    let prototype: object | null = Object.getPrototypeOf(object) as object | null;
    prototype !== null && prototype !== Object.prototype && !prepared.has(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    prepared.add(prototype);
    prepare(prototype, except);
  }
}

function prepare(prototype: object, except: ReadonlySet<string>): void {
  for (const key of Reflect.ownKeys(prototype)) {
    if (typeof key === "string" && except.has(key)) continue;
    const property = Object.getOwnPropertyDescriptor(prototype, key) as PropertyDescriptor;
    if (key === "constructor" || property.configurable !== true) continue;
    const { value, get, set } = property as { value?: unknown; get?: Method | undefined; set?: Method | undefined };
    if (typeof value === "function") property.value = onRaw(value as Method);
    if (get !== undefined) property.get = onRaw(get);
    if (set !== undefined) property.set = onRaw(set);
    Object.defineProperty(prototype, key, property);
  }
}

type Method = (this: unknown, ...values: unknown[]) => unknown;

function onRaw(method: Method): Method {
  const called: Method = function (this: unknown, ...values) {
    return method.apply(rawOf(this), values);
  };
  return Object.defineProperties<Method>(called, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
}
