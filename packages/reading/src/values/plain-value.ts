/** A value without classes of apache-arrow, which `JSON.stringify` accepts unless it has a bigint. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };
