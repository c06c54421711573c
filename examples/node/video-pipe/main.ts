// Logs the video of a pipe, such as the output of ffmpeg, frame by frame:
//
//   ffmpeg -i drive.mp4 -c:v libx264 -bf 0 -f h264 - | npx tsx examples/node/video-pipe/main.ts drive.rrd
import * as rr from "@rerun-ts/node";

const FRAMES_PER_SECOND = 30;

const rec = new rr.RecordingStream("rerun_ts_video_pipe");
await rec.save(process.argv[2] ?? "video-pipe.rrd");
for await (const { codec, sample, isKeyframe, index, seconds } of rr.video.videoSamples(process.stdin)) {
  if (index === 0) rec.log("video", new rr.VideoStream(codec), { static: true });
  // Streams in IVF form (`-f ivf`) have times, those in Annex B form have none.
  rec.setTime({ frame: index, video: { duration: seconds ?? index / FRAMES_PER_SECOND } });
  rec.log("video", rr.VideoStream.fromFields({ sample, isKeyframe }));
}
await rec.close();
