import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** The component of video frames. */
const VIDEO_SAMPLE = "VideoStream:sample";

/**
 * Whether a message must arrive after all messages before it, and before all after it. Chunks of a recording with times
 * need no order, because viewers sort rows by time and row id. But a relay retains the last static data to arrive, and
 * a viewer indexes a video stream again when one of its chunks arrives out of order.
 */
export function needsOrder({ isStatic, storeId, manifest }: EncodedMessage): boolean {
  if (isStatic || storeId.kind !== "recording" || manifest === undefined) return true;
  return manifest.components.some(({ descriptor }) => descriptor.component === VIDEO_SAMPLE);
}
