import { RerunError } from "@rerun-ts/core";
import { checkOptions, describeValue, nonNegative, yieldingRerunErrors, isUint8Array } from "@rerun-ts/core/checks";
import type { NalCodec } from "./annex-b.ts";
import { AnnexBSplitter } from "./annex-b-splitter.ts";
import { containerKind } from "./container-kind.ts";
import { IvfSplitter, isIvf } from "./ivf-splitter.ts";
import type { SampleSplitter, VideoSample } from "./sample-splitter.ts";

/** Options of {@link videoSamples}. */
export interface VideoSamplesOptions {
  /** The codec of a stream in Annex B form. Streams in IVF form state theirs. Default `"H264"`. */
  codec?: NalCodec | undefined;
  /** The largest frame that is accepted, in bytes. Default 64 MiB. */
  maxFrameBytes?: number | undefined;
}

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * Finds the frames in a stream of encoded video, such as the output of `ffmpeg`: AV1, VP8 and VP9 as IVF
 * (`-f ivf`), H.264 and H.265 in Annex B form (`-f h264`, `-f hevc`, both with `-bf 0`, because viewers do not support
 * B-frames). It reads no further than the frames that were asked for.
 *
 * Throws a `RerunError` with the code `INVALID_FORMAT` if the stream is damaged, in another form, or has no frames of
 * the codec, or if a frame is larger than `maxFrameBytes`, and `UNSUPPORTED` if an IVF stream has another codec.
 *
 * @param stream bytes in pieces of any size: a Node stream, a WHATWG stream, or any other iterable
 * @example
 * for await (const { codec, sample, isKeyframe, index } of rr.video.videoSamples(process.stdin)) {
 *   if (index === 0) rec.log("camera", new rr.VideoStream(codec), { static: true });
 *   rec.log("camera", rr.VideoStream.fromFields({ sample, isKeyframe }), { time: { frame: index } });
 * }
 */
export function videoSamples(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: VideoSamplesOptions = {},
): AsyncGenerator<VideoSample, void, void> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("videoSamples", options, { codec: 1, maxFrameBytes: 1 });
      const { codec = "H264" } = options;
      const maxFrameBytes = nonNegative("maxFrameBytes", options.maxFrameBytes ?? MAX_FRAME_BYTES);
      if (codec !== "H264" && codec !== "H265")
        throw new TypeError(`\`codec\` must be H264 or H265, got ${describeValue(codec)}; IVF streams state theirs`);
      let splitter: SampleSplitter | undefined;
      let beginning = new Uint8Array();
      for await (const piece of stream) {
        if (!isUint8Array(piece)) throw new TypeError(`\`stream\` must yield Uint8Arrays, got ${describeValue(piece)}`);
        let bytes = piece;
        if (splitter === undefined) {
          beginning = Uint8Array.from([...beginning, ...piece.subarray(0, 4)]);
          const isFirstIvf = isIvf(beginning);
          if (isFirstIvf === undefined) continue;
          const kind = containerKind(beginning);
          if (kind !== undefined)
            throw new RerunError("INVALID_FORMAT", `\`stream\` must be in Annex B or IVF form, got ${kind}`);
          splitter = isFirstIvf ? new IvfSplitter(maxFrameBytes) : new AnnexBSplitter(codec, maxFrameBytes);
          // `beginning` holds the earlier pieces, followed by up to four bytes of this piece.
          const before = beginning.subarray(0, beginning.byteLength - Math.min(4, piece.byteLength));
          yield* splitter.push(before);
          bytes = piece;
        }
        yield* splitter.push(bytes);
      }
      if (splitter === undefined)
        throw new RerunError("INVALID_FORMAT", `\`stream\` must be a video, got ${beginning.byteLength} bytes`);
      yield* splitter.end();
    })(),
  );
}
