import rerun as rr


def nodes(rec: rr.RecordingStream) -> None:
    nodes = rr.GraphNodes(
        ["a", "größe"],
        positions=[[0, 1], [2.5, -3]],
        radii=[0.5, -2],
        colors=[0xFF0000FF, 0x00FF0080],
        labels=["A", "B"],
        show_labels=True,
    )
    rec.log("nodes", nodes)
    rec.log("one", rr.GraphNodes("a"))
    rec.log("iterable", rr.GraphNodes(["a", "b"]))
    rec.log("none", rr.GraphNodes([]))


def edges(rec: rr.RecordingStream) -> None:
    for path in ["pairs", "objects", "mixed"]:
        rec.log(path, rr.GraphEdges([("a", "b"), ("b", "")]))
    for path in ["one pair", "one object", "list of one"]:
        rec.log(path, rr.GraphEdges([("a", "b")]))
    rec.log("none", rr.GraphEdges([]))
    for graph_type in ["directed", "undirected", 1, 2]:
        rec.log("type", rr.GraphEdges([("a", "b")], graph_type=graph_type))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    pairs = [("a", "b"), ("b", "c"), ("c", "a")]
    rec.send_columns("edges", [frames], rr.GraphEdges.columns(edges=pairs).partition([1, 2]))
    rec.send_columns("edges", [frames], rr.GraphEdges.columns(edges=pairs[:2], graph_type=["directed", "undirected"]))
    rec.send_columns("nodes", [frames], rr.GraphNodes.columns(node_ids=["a", "b", "c"]).partition([3, 0]))
