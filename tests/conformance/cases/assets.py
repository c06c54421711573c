import rerun as rr

BLOB = bytes([0, 1, 254, 255])


def assets(rec: rr.RecordingStream) -> None:
    model = rr.Asset3D(contents=BLOB, media_type="model/gltf-binary", albedo_factor=[255, 0, 0, 128])
    rec.log("model", model)
    rec.log("sound", rr.AssetAudio(contents=BLOB, media_type="audio/mpeg"))
    rec.log("video", rr.AssetVideo(contents=BLOB, media_type="video/mp4"))


def encoded_images(rec: rr.RecordingStream) -> None:
    image = rr.EncodedImage(
        contents=BLOB, media_type="image/png", opacity=0.1, draw_order=-7.5, magnification_filter="bicubic"
    )
    rec.log("image", image)
    depth = rr.EncodedDepthImage(
        BLOB,
        media_type="application/rvl",
        meter=1000,
        depth_range=[0.1, 5],
        point_fill_ratio=0.5,
        colormap="viridis",
        draw_order=-7.5,
        magnification_filter="bicubic",
    )
    rec.log("depth", depth)
    rec.log("update", rr.EncodedDepthImage.from_fields(depth_range=[1, 2]))


def forms_of_bytes(rec: rr.RecordingStream) -> None:
    for index in range(9):
        rec.log(f"{index}", rr.EncodedDepthImage(BLOB))
    rec.log("all", rr.EncodedDepthImage.from_fields(blob=[BLOB] * 9))
    rec.log("no bytes", rr.EncodedDepthImage(b""))
    rec.log("large", rr.EncodedDepthImage(bytes(index % 256 for index in range(100_000))))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2, 3])
    blob = [BLOB, b"", BLOB[3:]]
    each = rr.EncodedImage.columns(blob=blob, media_type=["image/png", "", "image/jpeg"])
    rec.send_columns("each row", [frames], each)
    rec.send_columns("partitioned", [frames], rr.EncodedImage.columns(blob=blob).partition([0, 2, 1]))
