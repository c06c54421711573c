import pyarrow as pa
import pyarrow.compute as pc
import rerun as rr
from rerun import send_chunks
from rerun.chunk import Chunk, ChunkStore, DeriveLens, LazyChunkStream, MutateLens, Selector




def _imu() -> Chunk:
    accel = pa.StructArray.from_arrays(
        [
            pa.array([1.0, 2.0, 3.0], type=pa.float64()),
            pa.array([4.0, 5.0, 6.0], type=pa.float64()),
            pa.array([0, 10_000_000, 20_000_000], type=pa.int64()),
        ],
        names=["x", "y", "elapsed"],
    )
    status = pa.array(["ok", "ok", "warn"], type=pa.utf8())
    return Chunk.from_columns(
        "/sensor/imu",
        indexes=[rr.TimeColumn("frame", sequence=[0, 1, 2])],
        columns=rr.DynamicArchetype.columns(archetype="Imu", components={"accel": accel, "status": status}),
    )


def fields_to_entities_and_timelines(rec: rr.RecordingStream) -> None:
    scalars = rr.Scalars.descriptor_scalars()
    extract_x = DeriveLens("Imu:accel").to_component(scalars, ".x")
    extract_y = (
        DeriveLens("Imu:accel", output_entity="/new_entity/accel_y")
        .to_component(scalars, ".y")
        .to_timeline("sensor_elapsed", "duration_ns", ".elapsed")
    )
    simplify_accel = MutateLens("Imu:accel", ".x")
    scaled = Selector(".x").pipe(lambda values: pc.multiply(values, 9.81))
    extract_scaled_x = DeriveLens("Imu:accel", output_entity="/new_entity/accel_scaled_x").to_component(scalars, scaled)
    lenses = [extract_x, extract_y, simplify_accel, extract_scaled_x]
    send_chunks(LazyChunkStream.from_iter([_imu()]).lenses(lenses, output_mode="forward_unmatched"), recording=rec)


def vectors_and_several_curves(rec: rr.RecordingStream) -> None:
    lenses = [
        DeriveLens("Imu:accel", output_entity="/points").to_packed_component(
            rr.Points2D.descriptor_positions(), "x", "y"
        ),
        DeriveLens("Imu:accel", output_entity="/curves").to_scalars("x", "y"),
        DeriveLens("Imu:accel", output_entity="/pose").to_translation("x", "y", "x"),
        DeriveLens("Imu:status", output_entity="/status").to_component(rr.TextLog.descriptor_text(), "."),
    ]
    send_chunks(LazyChunkStream.from_iter([_imu()]).lenses(lenses, output_mode="forward_all"), recording=rec)


def instances_to_rows(rec: rr.RecordingStream) -> None:
    ranges = pa.array([[1.0, 2.0], [], [3.0]], type=pa.list_(pa.float64()))
    scan = pa.StructArray.from_arrays([ranges], names=["ranges"])
    chunk = Chunk.from_columns(
        "/scan",
        indexes=[rr.TimeColumn("frame", sequence=[0, 1, 2])],
        columns=rr.DynamicArchetype.columns(archetype="Scan", components={"data": scan}),
    )
    scalars = rr.Scalars.descriptor_scalars()
    lenses = [
        DeriveLens("Scan:data", output_entity="/all").to_component(scalars, ".ranges[]"),
        DeriveLens("Scan:data", output_entity="/rows", scatter=True).to_component(scalars, ".ranges[]"),
    ]
    send_chunks(LazyChunkStream.from_iter([chunk]).lenses(lenses, output_mode="forward_all"), recording=rec)


def chunks_that_are_edited(rec: rr.RecordingStream) -> None:
    copy = _imu().with_entity_path("/copy")
    send_chunks([copy, Chunk.from_property("episode", rr.TextLog("first"))], recording=rec)
    send_chunks(copy.with_entity_path("/y").apply_selector("Imu:accel", ".y"), recording=rec)
    labels, rest = LazyChunkStream.from_iter([_imu()]).split(components="Imu:status")
    send_chunks(ChunkStore.from_chunks(LazyChunkStream.merge(labels, rest).to_chunks()), recording=rec)
    table = pa.table({"frame": pa.array([5, 6], type=pa.int64()), "/table:speed": pa.array([0.5, 0.75])})
    send_chunks(Chunk.from_dataframe(table, index="frame"), recording=rec)
