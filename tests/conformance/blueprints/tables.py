import rerun as rr
import rerun.blueprint as rrb
from rerun.blueprint import table as t
from rerun.blueprint.components import ColumnDisplayMode


def no_table() -> t.TableBlueprint:
    return t.TableBlueprint()


def table() -> t.TableBlueprint:
    columns = [
        t.Column("id", name="ID", visible=False),
        t.Column("größe (m)", column_type=rr.components.Url, editable=True),
        t.Column("plain"),
        t.Column("flag", column_type="rerun.components.Flag"),
        t.Column("text", column_type=rr.TextDocument.descriptor_text()),
    ]
    return t.TableBlueprint(
        table_layout=t.TableLayout(columns=columns),
        column_display_mode=ColumnDisplayMode.Full,
        filters=['"id" > 1', "name = 'a'"],
        sort_by="id",
    )


def cards() -> t.TableBlueprint:
    fields = [t.Column("url"), t.Column("id", name="ID", visible=True)]
    return t.TableBlueprint(
        card_layout=t.CardLayout(title="id", link="url", fields=fields),
        default_layout="cards",
        sort_by=t.SortBy("id", direction="descending"),
    )


def previews() -> t.TableBlueprint:
    view = rrb.Spatial3DView(name="a", background=[0, 0, 0])
    both = t.PreviewCell(view, rrb.TextLogView(name="b"))
    return t.TableBlueprint(
        table_layout=t.TableLayout(columns=[t.Column("episode", column_type=both)]),
        card_layout=t.CardLayout(fields=[t.Column("episode", name="Episode", column_type=t.PreviewCell(view))]),
        previews_config=t.PreviewsConfig(timeline="frame", play_state="playing", playback_speed=2, start_point=0.5),
        default_layout="table",
    )
