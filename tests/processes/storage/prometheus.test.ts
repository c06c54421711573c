import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { PrometheusServer } from "@rerun-ts/test-support/node/prometheus-server";
import { run } from "@rerun-ts/test-support/node/run";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { needPrometheus } from "@rerun-ts/test-support/setup/prometheus";
import { describe, expect, onTestFinished, type TestContext } from "vitest";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";

const RULES = join(root, "operations/prometheus");
const RUNBOOK = "https://github.com/rerun-ts/rerun-ts/blob/main/docs/operations.md#";

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly type: string; readonly name: string }[] };
  readonly panels: readonly Panel[];
}

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly annotations: Readonly<Record<string, string>>;
}

function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(root, "operations/grafana/dashboard.json"), "utf8")) as Dashboard;
}

/** The alerts, as Prometheus has read them. */
async function rulesOf(port: number): Promise<readonly Rule[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/rules`);
  const { data } = (await response.json()) as { data: { groups: { rules: Rule[] }[] } };
  return data.groups.flatMap(({ rules }) => rules);
}

/** The query as Grafana sends it. */
function withValues(query: string): string {
  return query.replaceAll("$__rate_interval", "1m").replaceAll(/\$(?:job|instance)/g, ".*");
}

/** The names of the metrics in a query. */
function metricsIn(query: string): readonly string[] {
  return [...new Set(query.match(/\brerun_ts_\w+/g))];
}

/** Starts one of each program that has metrics. Returns their ports. */
async function startAll(folder: string, program: string, skip: TestContext["skip"]): Promise<readonly number[]> {
  const nats = await NatsServer.start(await needNats({ skip }), folder);
  onTestFinished(() => nats.kill());
  const store = join(folder, "store");
  mkdirSync(store);
  const env = { RERUN_CLI_PATH: program };
  const dataset = ["--dataset", "fleet"];
  const catalog = `${await freePort()}`;
  const commands: readonly (readonly [readonly string[], RegExp])[] = [
    [["ingest", "--from", nats.url, "--to", store, ...dataset], /^Ingesting /],
    [["serve", "--port", "0", "--from", nats.url, ...dataset], /^Serving at /],
    [["serve", "--port", "0", "--to", nats.url, ...dataset], /^Serving at /],
    [
      ["catalog", "keep", "--from", store, "--files", store, "--mounted", ...dataset, "--port", catalog],
      /parts are registered/,
    ],
  ];
  const starting = commands.map(async ([args, expected]) => {
    const port = await freePort();
    await RelayProgram.startWarm([...args, "--status-port", `${port}`], expected, { env });
    return port;
  });
  return Promise.all(starting);
}

describe("the alerts for Prometheus", () => {
  it("fire as their tests say, and the example of scraping is valid", async ({ skip }) => {
    const { promtool } = await needPrometheus({ skip });
    for (const args of [
      ["test", "rules", "alerts.test.yaml"],
      ["check", "config", "prometheus.yaml"],
    ]) {
      const { code, output } = await run(promtool, args, { capture: true, cwd: RULES });
      expect(code, output).toBe(0);
    }
  });
});

describe("the queries of the alerts and the dashboard", () => {
  it("are valid for Prometheus, and find series of the programs that run", async ({ folder, rerun, skip }) => {
    const programs = await needPrometheus({ skip });
    const ports = await startAll(folder, rerun.program, skip);
    const files = [join(RULES, "alerts.yaml")];
    const prometheus = await PrometheusServer.start(programs.prometheus, folder, { ports, rules: files });
    onTestFinished(() => prometheus.stop());
    // Rates need two samples of each program.
    while ((await prometheus.query("count_over_time(rerun_ts_healthy[1m]) >= 3")).length < ports.length)
      await sleep(50);
    // A scrape that takes too long leaves no series until the next one.
    const hasSeries = (query: string, message: string): Promise<void> =>
      expect.poll(() => prometheus.query(query), { timeout: 30_000, message }).not.toEqual([]);
    const { templating, panels } = readDashboard();
    expect(templating.list).toContainEqual(expect.objectContaining({ type: "datasource", name: "datasource" }));
    const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
    expect(queries.length).toBeGreaterThan(30);
    for (const [title, query] of queries) await hasSeries(withValues(query), `${title}: ${query}`);

    const rules = await rulesOf(prometheus.port);
    const tested = readFileSync(join(RULES, "alerts.test.yaml"), "utf8");
    const headings = readFileSync(join(root, "docs/operations.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("### "))
      .map((line) =>
        line
          .slice(4)
          .toLowerCase()
          .replaceAll(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );
    expect(rules.length).toBeGreaterThan(10);
    for (const { name, query, annotations } of rules) {
      await prometheus.query(query);
      for (const metric of metricsIn(query)) await hasSeries(metric, `${name}: ${metric}`);
      expect(annotations["summary"], name).not.toBe(undefined);
      expect(annotations["description"], name).not.toBe(undefined);
      expect(headings, name).toContain(annotations["runbook_url"]?.replace(RUNBOOK, ""));
      expect(tested.split(`alertname: ${name}\n`).length, `tests of ${name}`).toBeGreaterThan(3);
    }
  });
});
