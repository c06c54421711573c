/**
 * A message without its methods and its type, and with numbers for enumerations. Pages call the viewer without
 * protobuf, whose code is larger than the code of the viewer control.
 */
export type Plain<T> = T extends Uint8Array
  ? T
  : T extends number
    ? number
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { [Key in keyof T as Key extends "$typeName" | "$unknown" ? never : Key]: Plain<T[Key]> }
        : T;
