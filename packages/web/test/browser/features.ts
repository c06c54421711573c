import type { TestContext } from "vitest";

/** Skips a test in browsers without an origin private file system. */
export function needStorage({ skip }: Pick<TestContext, "skip">): void {
  const { storage } = navigator as { storage?: Partial<StorageManager> };
  if (storage?.getDirectory === undefined) skip("this browser has no origin private file system");
}

/** Skips a test in browsers that do not encode a codec, given as a string of WebCodecs. */
export async function needEncoder({ skip }: Pick<TestContext, "skip">, codec: string): Promise<void> {
  // WebKitGTK loads its media library only for media elements, and crashes without it.
  document.createElement("video").canPlayType("video/mp4");
  const { supported } = await VideoEncoder.isConfigSupported({ codec, width: 320, height: 240 });
  if (supported !== true) skip(`this browser does not encode ${codec}`);
}

/** Skips a test in browsers that do not create images of a type. */
export async function needImageType({ skip }: Pick<TestContext, "skip">, type: string): Promise<void> {
  const canvas = new OffscreenCanvas(1, 1);
  canvas.getContext("2d");
  if ((await canvas.convertToBlob({ type })).type !== type) skip(`this browser does not encode ${type}`);
}
