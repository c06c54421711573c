import rerun.blueprint as rrb
from rerun.encodings import AbsoluteTimeRange


def _a() -> rrb.View:
    return rrb.TextLogView(name="a")


def _b() -> rrb.View:
    return rrb.Spatial3DView(name="b")


def one_view() -> rrb.View:
    return _a()


def several_views() -> rrb.Blueprint:
    return rrb.Blueprint(_a(), _b(), _a())


def nothing() -> rrb.Blueprint:
    return rrb.Blueprint()


def nothing_automatic() -> rrb.Blueprint:
    return rrb.Blueprint(auto_layout=False, auto_views=False)


def automatic() -> rrb.Blueprint:
    return rrb.Blueprint(_a(), auto_layout=True, auto_views=True)


def tabs() -> rrb.Tabs:
    return rrb.Tabs(_a(), _b(), active_tab=1, name="Größe", visible=True)


def active_tab_by_name() -> rrb.Tabs:
    return rrb.Tabs(_a(), _b(), active_tab="b")


def active_container() -> rrb.Tabs:
    return rrb.Tabs(_a(), rrb.Vertical(_b(), _a()), active_tab=1, name="tabs")


def horizontal() -> rrb.Horizontal:
    return rrb.Horizontal(_a(), _b(), column_shares=[3, 0.1], name="row", visible=False)


def vertical() -> rrb.Vertical:
    return rrb.Vertical(_a(), _b(), row_shares=[1, 2], name="column", visible=True)


def grid() -> rrb.Grid:
    views = [_a(), _b(), _a(), _b(), _a()]
    return rrb.Grid(
        contents=views, grid_columns=3, column_shares=[1, 2, 3], row_shares=[2, 1], name="grid", visible=True
    )


def empty_container() -> rrb.Vertical:
    return rrb.Vertical()


def nested() -> rrb.Blueprint:
    inner = rrb.Vertical(_b(), rrb.Tabs(_a(), _b()), rrb.Grid(_a()))
    return rrb.Blueprint(rrb.Horizontal(_a(), inner, _b(), column_shares=[1, 2, 1]))


def several_containers() -> rrb.Blueprint:
    return rrb.Blueprint(rrb.Vertical(_a(), _b()), _b(), rrb.Horizontal(_a()))


def collapsed_panels() -> rrb.Blueprint:
    return rrb.Blueprint(collapse_panels=True)


def collapsed_other_panels() -> rrb.Blueprint:
    panels = [rrb.TopPanel(state="hidden"), rrb.SelectionPanel(state="expanded")]
    return rrb.Blueprint(_a(), *panels, collapse_panels=True)


def panels() -> rrb.Blueprint:
    return rrb.Blueprint(
        rrb.TopPanel(state="expanded"),
        rrb.BlueprintPanel(state="hidden"),
        rrb.SelectionPanel(state="collapsed"),
        rrb.TimePanel(state="hidden"),
        _b(),
    )


def panels_without_state() -> rrb.Blueprint:
    return rrb.Blueprint(rrb.TopPanel(), rrb.BlueprintPanel(), rrb.SelectionPanel(), rrb.TimePanel(), _a())


def time_panel() -> rrb.Blueprint:
    return rrb.Blueprint(
        rrb.TimePanel(
            state="collapsed",
            timeline="größe",
            playback_speed=0.1,
            fps=29.97,
            play_state="playing",
            loop_mode="selection",
            time_selection=AbsoluteTimeRange(-5, 2**60),
        )
    )


def play_state() -> rrb.Blueprint:
    return rrb.Blueprint(rrb.TimePanel(play_state="following"), _a())


def enums_by_number() -> rrb.Blueprint:
    time_panel = rrb.TimePanel(loop_mode="all", play_state="paused", time_selection=AbsoluteTimeRange(1, 2))
    return rrb.Blueprint(time_panel, rrb.BlueprintPanel(state="hidden"))
