import * as rr from "@rerun-ts/node";

const { blueprint } = rr;

export function dataframes(rec: rr.RecordingStream): void {
  const radii = { entityPath: "/points", component: "Points3D:radii" };
  const query = new blueprint.DataframeQuery({
    timeline: "frame",
    filterByRange: { start: -5n, end: 2n ** 60n },
    filterIsNotNull: { active: true, column: radii },
    applyLatestAt: true,
    select: { timeColumns: ["frame", "log_time"], componentColumns: [radii, { entityPath: "/a", component: "b" }] },
    entityOrder: ["/points", "/a"],
    autoScroll: true,
  });
  rec.log("query", query);
  rec.log("defaults", new blueprint.DataframeQuery({ applyLatestAt: false, autoScroll: false }));
}

export function tables(rec: rr.RecordingStream): void {
  const table = new blueprint.TableBlueprint({
    layout: "Cards",
    columnDisplayMode: "Component",
    filters: ["size > 0.1", "name = 'größe'"],
    sortBy: { column: "name", direction: "descending" as "Descending" },
  });
  rec.log("table", table);
  rec.log("unsorted", new blueprint.TableBlueprint({ sortBy: { column: "name", direction: null } }));
  const columnType = { component: "GridMap:colormap", componentTypeName: "rerun.components.Colormap" };
  rec.log("column", new blueprint.TableColumn({ name: "Größe", editable: true, visible: false, columnType }));
  rec.log("preview", new blueprint.TableColumnPreview(["/view/a", "/view/b"]));
  rec.log("layout", new blueprint.TableLayout({ columnOrder: ["name", "size"] }));
  rec.log("cards", new blueprint.CardLayout(["size", "name"], { title: "name", link: "url" }));
}

export function structs(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const sortBy = [{ column: "a" }, { column: "b", direction: 2 }, { column: "", direction: "Ascending" }] as const;
  rec.sendColumns("sorted", frames, blueprint.TableBlueprint.columns({ sortBy }).partition([1, 2]));
  const columnType = [{}, { component: "a" }];
  rec.sendColumns("typed", frames, blueprint.TableColumn.columns({ columnType }));
  const columns = { timeColumns: ["frame"], componentColumns: [] };
  rec.sendColumns("selected", frames, blueprint.DataframeQuery.columns({ select: [columns, columns] }));
  const entityOrder = [["/a", "/b"], [], ["/c"]];
  rec.sendColumns("ordered", frames, blueprint.DataframeQuery.columns({ entityOrder }).partition([2, 1]));
}
