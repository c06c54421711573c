import * as rr from "@rerun-ts/node";

const BYTES = [0, 1, 254, 255];
const BLOB = new Uint8Array(BYTES);

export function assets(rec: rr.RecordingStream): void {
  const model = { mediaType: "model/gltf-binary", albedoFactor: [255, 0, 0, 128] };
  rec.log("model", new rr.Asset3D({ blob: BLOB, ...model }));
  rec.log("sound", new rr.AssetAudio({ blob: BLOB, mediaType: "audio/mpeg" }));
  rec.log("video", new rr.AssetVideo({ blob: BLOB, mediaType: "video/mp4" }));
}

export function encodedImages(rec: rr.RecordingStream): void {
  const shown = { drawOrder: -7.5, magnificationFilter: "Bicubic" } as const;
  rec.log("image", new rr.EncodedImage({ blob: BLOB, mediaType: "image/png", opacity: 0.1, ...shown }));
  const depth = { meter: 1000, depthRange: [0.1, 5], pointFillRatio: 0.5, colormap: "Viridis" } as const;
  rec.log("depth", new rr.EncodedDepthImage(BLOB, { mediaType: "application/rvl", ...depth, ...shown }));
  rec.log("update", rr.EncodedDepthImage.fromFields({ depthRange: { min: 1, max: 2 } }));
}

export function formsOfBytes(rec: rr.RecordingStream): void {
  const shared = new SharedArrayBuffer(4);
  new Uint8Array(shared).set(BYTES);
  const longer = new Uint8Array([9, ...BYTES, 9]);
  const forms: readonly rr.types.BlobLike[] = [
    BLOB,
    new Uint8ClampedArray(BYTES),
    Buffer.from(BYTES),
    BLOB.buffer,
    shared,
    longer.subarray(1, 5),
    new DataView(longer.buffer, 1, 4),
    new Uint16Array(BLOB.slice().buffer),
    new Int8Array(BLOB.buffer),
  ];
  for (const [index, blob] of forms.entries()) rec.log(`${index}`, new rr.EncodedDepthImage(blob));
  rec.log("all", rr.EncodedDepthImage.fromFields({ blob: forms }));
  rec.log("no bytes", new rr.EncodedDepthImage(new ArrayBuffer(0)));
  rec.log("large", new rr.EncodedDepthImage(Uint8Array.from({ length: 100_000 }, (_, index) => index)));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2, 3]);
  const blob = [BLOB, new ArrayBuffer(0), new DataView(BLOB.buffer, 3)];
  rec.sendColumns("each row", frames, rr.EncodedImage.columns({ blob, mediaType: ["image/png", "", "image/jpeg"] }));
  rec.sendColumns("partitioned", frames, rr.EncodedImage.columns({ blob }).partition([0, 2, 1]));
}
