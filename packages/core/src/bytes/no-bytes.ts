/**
 * No bytes. The array is shared, because each separate typed array allocates an `ArrayBuffer` as soon as its `buffer`
 * is read.
 */
export const NO_BYTES: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0);

/** A view of no bytes. */
export const NO_VIEW: DataView<ArrayBuffer> = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));
