/** No bytes: shared, because a typed array of its own takes an `ArrayBuffer` as soon as somebody views it. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0);

/** A view of no bytes. */
export const NO_VIEW: DataView<ArrayBuffer> = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));
