from typing import Any

import rerun as rr
from rerun.components import KeyValuePairs
from samples import channel_counts

CHANNEL: dict[str, Any] = {"id": 65535, "topic": "/camera/größe", "message_encoding": "cdr"}


def all_fields(rec: rr.RecordingStream) -> None:
    rec.log("channel", rr.McapChannel(**CHANNEL, metadata={"a": "1", "b": ""}), static=True)
    data = bytes([0, 1, 255])
    rec.log("schema", rr.McapSchema(id=1, name="sensor_msgs/Image", encoding="ros2msg", data=data))
    rec.log("message", rr.McapMessage(data))
    rec.log("messages", rr.McapMessage([data, data]))


def statistics(rec: rr.RecordingStream) -> None:
    statistics = rr.McapStatistics(
        message_count=2**64 - 1,
        schema_count=1,
        channel_count=2,
        attachment_count=2**53 - 1,
        metadata_count=0,
        chunk_count=7,
        message_start_time=1_700_000_000_123_000_000,
        message_end_time=2**62,
        channel_message_counts=channel_counts({1: 2**64 - 1, 65535: 0}),
    )
    rec.log("statistics", statistics)


def forms_of_keys_and_values(rec: rr.RecordingStream) -> None:
    for path in ["object", "map", "pairs", "list of one"]:
        rec.log(path, rr.McapChannel(**CHANNEL, metadata={"a": "1", "größe": ""}))
    several = [{"a": "1"}, {"b": "2"}, KeyValuePairs([("c", "3")]), {}]
    rec.log("several", rr.McapChannel(**CHANNEL, metadata=several))
    for path in ["empty object", "empty map"]:
        rec.log(path, rr.McapChannel(**CHANNEL, metadata={}))
    rec.log("none", rr.McapChannel(**CHANNEL, metadata=[]))


def forms_of_channel_counts(rec: rr.RecordingStream) -> None:
    forms = {path: [{1: 10, 2: 20}] for path in ["map", "pairs", "objects"]}
    for path, counts in {**forms, "several": [{1: 10}, {2: 20}], "none": []}.items():
        rec.log(path, rr.McapStatistics.from_fields(channel_message_counts=channel_counts(*counts)))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2, 3])
    metadata = [{"a": "1", "b": "2"}, {}, {"c": "3"}]
    rec.send_columns("each row", [frames], rr.McapChannel.columns(metadata=metadata, id=[1, 2, 3]))
    rec.send_columns("partitioned", [frames], rr.McapChannel.columns(metadata=metadata).partition([2, 1, 0]))
    rec.send_columns("messages", [frames], rr.McapMessage.columns(data=[bytes([1, 2]), b"", bytes([3])]))
