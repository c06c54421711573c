import math
from datetime import UTC, datetime

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


def filters() -> t.TableBlueprint:
    x = t.col('a "b"')
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    end = start.replace(microsecond=250_000)
    numbers = [x == 3, x != -0.5, x < 3, x <= 1e21, x > math.nan, x >= math.inf, x < -math.inf]
    booleans = [x.is_true(), x.is_false(), x.is_not_true(), x.is_not_false(), x.is_null(), x.is_not_null()]
    ranges = [x.before(start), x.after(end), x.between(start, end), x.not_between(start, end)]
    days = [
        x.today(),
        x.not_today(),
        x.yesterday(),
        x.not_yesterday(),
        x.last_24_hours(),
        x.not_last_24_hours(),
    ]
    weeks = [x.this_week(), x.not_this_week(), x.last_week(), x.not_last_week()]
    texts = [x.str.contains("it's"), x.str.does_not_contain("a"), x.str.starts_with("50%_"), x.str.ends_with("\\")]
    values = x.list
    lists = [
        values >= 3,
        values != 3,
        values.is_null(),
        values.is_not_null(),
        values.str.contains("%"),
        values.today(),
    ]
    return t.TableBlueprint(filters=[*numbers, *booleans, *ranges, *days, *weeks, *texts, *lists, '"id" > 1'])


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
