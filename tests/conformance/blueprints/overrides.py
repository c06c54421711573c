import rerun as rr
import rerun.blueprint as rrb
from rerun.blueprint.encodings import ComponentSourceKind, VisualizerComponentMapping
from rerun.blueprint.visualizers import VisualizableArchetype

COLOR = [255, 136, 0, 128]


def defaults() -> rrb.View:
    points = rr.Points3D.from_fields(radii=0.1, colors=[COLOR])
    return rrb.Spatial3DView(name="x", defaults=[points, rr.Pinhole.from_fields(image_plane_distance=2)])


def one_default() -> rrb.View:
    return rrb.TimeSeriesView(name="x", defaults=[rr.SeriesLines(widths=3)])


def archetypes() -> rrb.View:
    return rrb.TimeSeriesView(
        name="x",
        overrides={
            "heights/ruby": rr.SeriesLines(colors=COLOR, widths=2, names="größe"),
            "/two\\ of\\ them": [rr.SeriesLines(), rr.SeriesPoints.from_fields(markers="cross")],
        },
    )


def visualizers() -> rrb.View:
    lines = [VisualizerComponentMapping("Scalars:scalars", ComponentSourceKind.SourceComponent, source_component="val")]
    points = [
        VisualizerComponentMapping(
            "Scalars:scalars", ComponentSourceKind.SourceComponent, source_component="s", selector=".x"
        ),
        VisualizerComponentMapping("SeriesPoints:colors", ComponentSourceKind.Override),
        VisualizerComponentMapping("SeriesPoints:marker_sizes", ComponentSourceKind.Default),
        VisualizerComponentMapping("SeriesPoints:names", ComponentSourceKind.AnnotationContext),
    ]
    return rrb.TimeSeriesView(
        name="x",
        overrides={
            "/plain": rrb.Visualizer("SeriesPoints"),
            "/any": [
                rr.SeriesLines(names="v").visualizer(mappings=lines),
                rr.SeriesPoints(names="s").visualizer(mappings=points),
            ],
        },
    )


def entities() -> rrb.View:
    boundary = rrb.TimeRangeBoundary
    window = rrb.VisibleTimeRanges(
        timeline="frame", start=boundary.cursor_relative(seq=-5), end=boundary.cursor_relative(seq=0)
    )
    return rrb.Spatial2DView(
        name="x",
        overrides={
            "/hidden": rrb.EntityBehavior(visible=False),
            "/trail": [
                rr.Points2D([[1, 2]], colors=[255, 136, 0]),
                rrb.EntityBehavior(interactive=False, visible=True),
                window,
            ],
        },
    )


def every_visualizer() -> rrb.View:
    classes = [value for name, value in sorted(vars(rr).items()) if isinstance(value, type)]
    visualizable = [cls for cls in classes if issubclass(cls, VisualizableArchetype)]
    return rrb.View(
        class_identifier="3D",
        origin="/",
        contents="$origin/**",
        name="x",
        overrides={"/everything": [cls.from_fields() for cls in visualizable]},
    )
