import numpy as np
import rerun as rr

TRIANGLE = [[0, 0, 0], [1, 0, 0], [0, 0.1, 0]]


def all_fields(rec: rr.RecordingStream) -> None:
    mesh = rr.Mesh3D(
        vertex_positions=TRIANGLE,
        triangle_indices=[[0, 1, 2], [2, 1, 0]],
        vertex_normals=[[0, 0, 1]] * 3,
        vertex_colors=[[255, 0, 0], [0, 255, 0], [0, 0, 255]],
        vertex_texcoords=[[0, 0], [1, 0], [0, 0.1]],
        albedo_factor=[255, 255, 255, 128],
        face_rendering="front",
        albedo_texture=np.full((2, 2, 3), 7, dtype=np.uint8),
        class_ids=3,
    )
    rec.log("mesh", mesh)


def forms_of_triangles(rec: rr.RecordingStream) -> None:
    for index in range(6):
        rec.log(f"{index}", rr.Mesh3D(vertex_positions=TRIANGLE, triangle_indices=[0, 1, 2, 2, 1, 0]))
    rec.log("largest index", rr.Mesh3D(vertex_positions=TRIANGLE, triangle_indices=[0, 1, 2**32 - 1]))


def colors_of_vertices(rec: rr.RecordingStream) -> None:
    for path in ["bytes for each vertex", "fractions for each vertex"]:
        colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
        rec.log(path, rr.Mesh3D(vertex_positions=TRIANGLE, vertex_colors=colors))
    rec.log("one for all", rr.Mesh3D(vertex_positions=TRIANGLE, vertex_colors=0xFF0000FF))
