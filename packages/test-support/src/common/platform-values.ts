// Values of the platform and of well-known libraries, for a suite that logs each of them in each kind of field.

/** A value, and what it is. */
export interface ForeignValue {
  readonly name: string;
  readonly make: () => unknown;
  /** The numbers that the value holds, if it can be read as numbers. */
  readonly numbers?: readonly number[];
  /** The bytes that the value holds. */
  readonly bytes?: readonly number[];
  /** Part of the message with which it is refused. */
  readonly remedy?: RegExp;
}

const globals = globalThis as unknown as Readonly<Record<string, (new (...values: unknown[]) => object) | undefined>>;

/** A value of a class that not every platform has. */
function ofClass(name: string, make: (type: new (...values: never[]) => object) => unknown, more: object = {}) {
  const type = globals[name];
  return type === undefined ? [] : [{ name, make: () => make(type as never), ...more }];
}

/** Iterators of one-dimensional and nested values, of which newer platforms have more methods. */
function* generate<Item>(items: readonly Item[]): Generator<Item> {
  yield* items;
}

/** An array whose buffer was transferred. */
export function detached<View extends ArrayBufferView<ArrayBuffer>>(view: View): View {
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

/** An array that ends beyond its buffer, on platforms with buffers that can be made smaller. */
export function outOfBounds(): Float32Array | undefined {
  const buffer = new (ArrayBuffer as unknown as new (
    size: number,
    options: object,
  ) => ArrayBuffer & {
    resize?(size: number): void;
  })(16, { maxByteLength: 16 });
  if (buffer.resize === undefined) return undefined;
  const view = new Float32Array(buffer, 0, 4);
  buffer.resize(4);
  return view;
}

/** A typed array in a proxy, as reactive state makes them. */
export const proxied = (): object => new Proxy(new Float32Array([1, 2, 3]), {});

/** Numbers of the platform in each of its classes. */
export function numbersOfPlatform(): readonly ForeignValue[] {
  const numbers = [1, 2, 3];
  const arrays = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array"].concat(
    ["Uint32Array", "Float16Array", "Float32Array", "Float64Array"].filter((name) => globals[name] !== undefined),
  );
  return [
    ...arrays.map((name) => ({
      name,
      make: () => new (globals[name] as never as new (v: number[]) => object)(numbers),
      numbers,
    })),
    { name: "an array", make: () => numbers, numbers },
    { name: "a Set", make: () => new Set(numbers), numbers },
    { name: "the values of a Map", make: () => new Map(numbers.entries()).values(), numbers },
    { name: "a generator", make: () => generate(numbers), numbers },
    { name: "an object like an array", make: () => ({ 0: 1, 1: 2, 2: 3, length: 3 }), numbers },
    { name: "a part of an array", make: () => new Float32Array([0, 1, 2, 3, 4]).subarray(1, 4), numbers },
    {
      name: "shared memory",
      make: () => {
        const shared = new Float32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer, 0, 3);
        shared.set(numbers);
        return shared;
      },
      numbers,
    },
    { name: "an array of another realm", make: () => otherRealm("new Float32Array([1, 2, 3])"), numbers },
    // Refused, with the remedy.
    { name: "bigints", make: () => [1n, 2n, 3n], remedy: /bigints\? `Float64Array.from\(values, Number\)`/ },
    { name: "a BigInt64Array", make: () => new BigInt64Array([1n, 2n, 3n]), remedy: /bigints\? `Float64Array/ },
    { name: "nulls of a column", make: () => [1, null, 3], remedy: /nulls of a column\?/ },
    { name: "a proxy of a typed array", make: proxied, remedy: /a proxy of a typed array\?/ },
    {
      name: "a detached array",
      make: () => detached(new Float32Array(3)),
      remedy: /a detached Float32Array \(log before/,
    },
    { name: "a promise", make: () => Promise.resolve(numbers), remedy: /await it first/ },
    {
      name: "a Ref of Vue",
      make: () => ({ __v_isRef: true, value: numbers }),
      remedy: /a `Ref` of Vue\? Pass its `.value`/,
    },
    {
      name: "a BufferAttribute of three.js",
      make: () => ({ array: new Float32Array(numbers), itemSize: 1, count: 3 }),
      remedy: /a `BufferAttribute` of three.js\? Pass its `.array`/,
    },
    {
      name: "an attribute of loaders.gl",
      make: () => ({ value: new Float32Array(numbers), size: 1 }),
      remedy: /an attribute of loaders.gl or deck.gl\? Pass its `.value`/,
    },
    {
      name: "a tensor of TensorFlow.js",
      make: () => ({ shape: [3], dataSync: () => new Float32Array(numbers) }),
      remedy: /a tensor of TensorFlow.js\? Pass `tensor.dataSync\(\)`/,
    },
    {
      name: "a tensor of ONNX Runtime",
      make: () => ({ dims: [3], data: new Float32Array(numbers), type: "float32" }),
      remedy: /a tensor of ONNX Runtime\? Pass its `.data`/,
    },
    ...ofClass("DOMMatrix", (type) => new type(), { remedy: /matrix.toFloat32Array\(\)/ }),
  ];
}

/** Bytes of the platform in each of its classes. */
export function bytesOfPlatform(): readonly ForeignValue[] {
  const bytes = [1, 2, 3, 4];
  const buffer = (): ArrayBuffer => Uint8Array.from(bytes).buffer;
  return [
    { name: "an ArrayBuffer", make: buffer, bytes },
    { name: "a DataView", make: () => new DataView(buffer()), bytes },
    { name: "a Uint8Array", make: () => new Uint8Array(buffer()), bytes },
    { name: "a Uint16Array", make: () => new Uint16Array(buffer()), bytes },
    ...ofClass("Buffer", (type) => (type as never as { from(list: readonly number[]): object }).from(bytes), { bytes }),
    { name: "an ArrayBuffer of another realm", make: () => otherRealm("new Uint8Array([1, 2, 3, 4]).buffer"), bytes },
    // Refused, with the remedy.
    ...ofClass("Blob", (type) => new type([buffer()] as never), {
      remedy: /got Blob \(its bytes are `await value.arrayBuffer\(\)`\)/,
    }),
    ...ofClass("File", (type) => new type([buffer()] as never, "a" as never), { remedy: /got File \(its bytes are/ }),
    ...ofClass("Response", (type) => new type(buffer() as never), { remedy: /got Response \(its bytes are/ }),
    { name: "base64", make: () => "AQIDBA==", remedy: /base64\? `Uint8Array.from\(atob\(text\)/ },
    {
      name: "a detached buffer",
      make: () => detached(new Uint8Array(4)).buffer,
      remedy: /a detached ArrayBuffer \(log before/,
    },
    { name: "a detached array", make: () => detached(new Uint8Array(4)), remedy: /a detached Uint8Array \(log before/ },
  ];
}

/** A value that another realm has made: a frame of a page, or a context of Node. `undefined` where there is none. */
function otherRealm(code: string): unknown {
  if (typeof document !== "undefined") {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const value: unknown = (frame.contentWindow as unknown as { eval(code: string): unknown }).eval(code);
    frame.remove();
    return value;
  }
  const run = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process?.getBuiltinModule?.(
    "node:vm",
  ) as { runInNewContext(code: string): unknown } | undefined;
  if (run === undefined) throw new Error("this platform has no other realm");
  return run.runInNewContext(code);
}
