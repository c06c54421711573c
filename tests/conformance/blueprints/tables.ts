import * as rr from "@rerun-ts/node";

const { blueprint: rrb, components } = rr;

export const noTable = (): rr.BlueprintLike => new rrb.table.TableBlueprint();

export const table = (): rr.BlueprintLike =>
  new rrb.table.TableBlueprint({
    tableLayout: {
      columns: [
        { source: "id", name: "ID", visible: false },
        { source: "größe (m)", columnType: components.Url, editable: true },
        { source: "plain" },
        { source: "flag", columnType: "rerun.components.Flag" },
        {
          source: "text",
          columnType: { component: "TextDocument:text", componentTypeName: "rerun.components.Text" },
        },
      ],
    },
    columnDisplayMode: "Full",
    filters: ['"id" > 1', "name = 'a'"],
    sortBy: "id",
  });

export const cards = (): rr.BlueprintLike =>
  new rrb.table.TableBlueprint({
    cardLayout: { title: "id", link: "url", fields: [{ source: "url" }, { source: "id", name: "ID", visible: true }] },
    defaultLayout: "Cards",
    sortBy: { column: "id", direction: "Descending" },
  });

export const previews = (): rr.BlueprintLike => {
  const view = new rrb.Spatial3DView({ name: "a", background: "black" });
  return new rrb.table.TableBlueprint({
    tableLayout: { columns: [{ source: "episode", previews: [view, new rrb.TextLogView({ name: "b" })] }] },
    cardLayout: { fields: [{ source: "episode", name: "Episode", previews: [view] }] },
    previewsConfig: { timeline: "frame", playState: "Playing", playbackSpeed: 2, startPoint: 0.5 },
    defaultLayout: "Table",
  });
};
