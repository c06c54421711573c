"""Reads MP4 files with Rerun's own reader of videos as streams."""

import json
import sys

import rerun as rr
from rerun.experimental import Mp4Reader, Mp4TranscodeOptions

with open(sys.argv[1]) as request:
    files = json.load(request)
for source, target, *rest in files:
    options = None
    if rest:
        codec, gop_size, ffmpeg = rest
        output_codec = None if codec is None else getattr(rr.VideoCodec, codec)
        options = Mp4TranscodeOptions(output_codec=output_codec, gop_size=gop_size, ffmpeg_override=ffmpeg)
    stream = Mp4Reader(source, entity_path="camera", transcode=options).stream()
    stream.write_rrd(target, application_id="video", recording_id="one")
with open(sys.argv[2], "w") as answer:
    json.dump(len(files), answer)
