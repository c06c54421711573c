import rerun as rr

SAMPLE = bytes([0, 0, 0, 1, 255])


def streams(rec: rr.RecordingStream) -> None:
    frame = rr.VideoStream(rr.VideoCodec.H264, sample=SAMPLE, is_keyframe=True, opacity=0.1, draw_order=-15.5)
    rec.log("camera", frame)
    rec.log("camera", rr.VideoStream.from_fields(sample=SAMPLE[1:], is_keyframe=False))
    for codec in ["av1", "h264", "h265", "vp8", "vp9"]:
        rec.log("codec", rr.VideoStream(codec))


def samples(rec: rr.RecordingStream) -> None:
    times = rr.TimeColumn("time", duration=[0, 0.04, 0.08])
    sample = [SAMPLE, SAMPLE[3:], SAMPLE[4:]]
    rec.log("camera", rr.VideoStream("vp9"), static=True)
    rec.send_columns("camera", [times], rr.VideoStream.columns(sample=sample, is_keyframe=[True, False, False]))
    rec.send_columns("partitioned", [times], rr.VideoStream.columns(sample=sample).partition([1, 0, 2]))


def references(rec: rr.RecordingStream) -> None:
    reference = rr.VideoFrameReference(seconds=1.5, video_reference="/camera/front", opacity=0.1, draw_order=-14.5)
    rec.log("now", reference)


def every_unit(rec: rr.RecordingStream) -> None:
    for seconds in [1.5, 0.1, 1 / 3, 1e-9, 1e6, 0]:
        for path in ["number", "seconds"]:
            rec.log(path, rr.VideoFrameReference(seconds=seconds))
    nanoseconds = {
        "millis": [1_500_000, 1_000, 40_000_000, 10**15],
        "micros": [1_500, 40_000, 10**15],
        "nanos": [1, 1_500_000_000, 2**62],
        "bigint": [0, -1, 2**63 - 1],
    }
    for path, times in nanoseconds.items():
        for time in times:
            rec.log(path, rr.VideoFrameReference(nanoseconds=time))


def rounded_nanoseconds(rec: rr.RecordingStream) -> None:
    for seconds in [2.5e-9, 0.5e-9, 1.5e-9, 2.4e-9, 1e-10, 0.1 + 0.2, 1234.5678912345]:
        rec.log("video", rr.VideoFrameReference(seconds=seconds))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2, 3])
    for index in range(5):
        references = rr.VideoFrameReference.columns_nanos([0, 40_000_000, 1_500_000_000])
        rec.send_columns(f"{index}", [frames], references)
