/** No bytes: shared, because a separate typed array takes an `ArrayBuffer` as soon as somebody views it. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0);

/** A view of no bytes. */
export const NO_VIEW: DataView<ArrayBuffer> = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));
