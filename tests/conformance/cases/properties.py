import rerun as rr
from case import recordings
from rerun.archetypes import RecordingInfo


def of_every_name(rec: rr.RecordingStream) -> None:
    for name in ["operator", "camera left", "a/b", "größe", "it's", "v1.2", "😀", "[#3]:x", "__properties"]:
        rec.send_property(name, rr.TextLog(name))


def of_every_kind(rec: rr.RecordingStream) -> None:
    rec.send_property("points", rr.Points3D([1, 2, 3], labels="origin"))
    rec.log("__properties/several", rr.Scalars([1, 2]), rr.TextDocument("notes"), static=True)
    seed = rr.ComponentDescriptor("my.Run:seed", archetype="my.Run", component_type="rerun.components.Scalar")
    rec.send_property("own", [rr.components.ScalarBatch(7).described(seed)])
    rec.send_property("replaced", rr.Scalars(1))
    rec.send_property("replaced", rr.Scalars(2))


def have_no_time(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=1)
    rec.send_property("operator", rr.TextLog("Ada"))
    rec.send_recording_name("run 7")
    rec.log("row", rr.Scalars(1))


def recording_names(rec: rr.RecordingStream) -> None:
    for name in ["run 7", "größe 😀", ""]:
        rec.send_recording_name(name)


def recording_info(rec: rr.RecordingStream) -> None:
    rec.log("__properties", RecordingInfo(start_time=0, name="by hand"), static=True)
    rec.log("elsewhere", RecordingInfo(start_time=1_700_000_000_123_456_789))


@recordings({"send_properties": False})
def not_sent(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.Scalars(1))


# Python has no options for them: they are logged as the SDK would.
@recordings(*[{"send_properties": False}] * 4)
def given_at_the_start(*all: rr.RecordingStream) -> None:
    infos = [
        RecordingInfo(start_time=1_700_000_000_123_000_000, name="run 7"),
        RecordingInfo(start_time=1_600_000_000_000_000_000),
        RecordingInfo(start_time=-1),
        RecordingInfo(start_time=1_500_000),
    ]
    for rec, info in zip(all, infos):
        rec.log("__properties", info, static=True)
        rec.log("row", rr.Scalars(1))
