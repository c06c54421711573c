import * as rr from "@rerun-ts/node";

const { blueprint: rrb, components } = rr;

export const noTable = (): rr.types.BlueprintLike => new rrb.table.TableBlueprint();

export const table = (): rr.types.BlueprintLike =>
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

export const filters = (): rr.types.BlueprintLike => {
  const { col } = rrb.table;
  const x = col('a "b"');
  const [start, end] = [new Date(Date.UTC(2026, 0, 2, 3, 4, 5)), new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 250))];
  const numbers = [x.eq(3), x.ne(-0.5), x.lt(3), x.le(1e21), x.gt(NaN), x.ge(Infinity), x.lt(-Infinity)];
  const booleans = [x.isTrue(), x.isFalse(), x.isNotTrue(), x.isNotFalse(), x.isNull(), x.isNotNull()];
  const ranges = [x.before(start), x.after(end), x.between(start, end), x.notBetween(start, end)];
  const days = [x.today(), x.notToday(), x.yesterday(), x.notYesterday(), x.last24Hours(), x.notLast24Hours()];
  const weeks = [x.thisWeek(), x.notThisWeek(), x.lastWeek(), x.notLastWeek()];
  const texts = [x.contains("it's"), x.doesNotContain("a"), x.startsWith("50%_"), x.endsWith("\\")];
  const { list } = x;
  const lists = [list.ge(3), list.ne(3), list.isNull(), list.isNotNull(), list.contains("%"), list.today()];
  const all = [numbers, booleans, ranges, days, weeks, texts, lists].flat();
  return new rrb.table.TableBlueprint({ filters: [...all, '"id" > 1'] });
};

export const cards = (): rr.types.BlueprintLike =>
  new rrb.table.TableBlueprint({
    cardLayout: { title: "id", link: "url", fields: [{ source: "url" }, { source: "id", name: "ID", visible: true }] },
    defaultLayout: "Cards",
    sortBy: { column: "id", direction: "Descending" },
  });

export const previews = (): rr.types.BlueprintLike => {
  const view = new rrb.Spatial3DView({ name: "a", background: "black" });
  return new rrb.table.TableBlueprint({
    tableLayout: { columns: [{ source: "episode", previews: [view, new rrb.TextLogView({ name: "b" })] }] },
    cardLayout: { fields: [{ source: "episode", name: "Episode", previews: [view] }] },
    previewsConfig: { timeline: "frame", playState: "Playing", playbackSpeed: 2, startPoint: 0.5 },
    defaultLayout: "Table",
  });
};
