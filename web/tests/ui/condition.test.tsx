import { beforeEach, expect, test } from "vitest";
import { LANGUAGES, setLanguage, t, isKey } from "../../src/i18n";
import { stores } from "../../src/stores";
import { Condition, lampText, partName, worst } from "../../src/ui/condition";
import { before, lamp } from "../fixtures";
import { click, draw } from "../screen";

beforeEach(async () => {
  await setLanguage("lv");
  stores.clock.learn(Date.parse(before(0)));
  stores.lamps.value = [];
});

const summary = (): string => document.querySelector(".cond .menu-b")?.textContent ?? "";

test("without a report it says so, and does not look green", async () => {
  await draw(<Condition />);
  expect(summary()).toContain("nav ziņu");
  expect(document.querySelector(".cond-l.ok")).toBeNull();
});

test("the worst lamp speaks for all: its word, how many, since when", async () => {
  stores.lamps.value = [
    lamp("database", "red", "database.away", { numbers: { reason: "locked" }, since: before(75) }),
    lamp("disk", "amber", "disk.little", { numbers: { free_gb: 0.9, percent: 4 } }),
    lamp("loop", "ok", "loop.ok"),
  ];
  await draw(<Condition />);
  expect(summary()).toContain("Sistēma: kļūmes 1");
  expect(summary()).toContain("jau 1:15");
  expect(document.querySelector(".cond .cond-l")?.className).toContain("red");
});

test("while the line is lost nothing looks green, what was known last is kept", async () => {
  stores.lamps.value = [lamp("disk", "ok", "disk.ok", { numbers: { free_gb: 51.2, percent: 51 } })];
  stores.stream.phase.value = "lost";
  await draw(<Condition />);
  expect(summary()).toContain("nav ziņu");
  await click(document.querySelector(".cond .menu-b"));
  expect(document.querySelector(".cond-l.ok")).toBeNull();
  const row = document.querySelector(".cond-list li")?.textContent;
  expect(row).toContain("Brīvs: 51,2 GB");
  expect(row).not.toContain("darbojas");
  stores.stream.phase.value = "live";
  await draw(<Condition />);
  expect(document.querySelector(".cond-l.ok")).not.toBeNull();
});

test("the list names part, state, figures and what to do", async () => {
  stores.lamps.value = [
    lamp("spool:liepaja", "amber", "spool.filling", { numbers: { percent: 83, depth: 10, seconds: 1 } }),
    lamp("disk", "ok", "disk.ok", { numbers: { free_gb: 51.2, percent: 51 } }),
  ];
  await draw(<Condition />);
  await click(document.querySelector(".cond .menu-b"));
  const [first, second] = [...document.querySelectorAll(".cond-list li")].map((row) => row.textContent);
  expect(first).toContain("Gaidošie notikumi · liepaja");
  expect(first).toContain("pārbaudīt");
  expect(first).toContain("Aizpildīts 83 %");
  expect(first).toContain("Ko darīt:");
  expect(second).toContain("Brīvs: 51,2 GB");
  expect(second).not.toContain("Ko darīt:");
});

test("the server's own clock and loop are told from a gateway's", () => {
  expect(partName(lamp("clock", "ok", "clock.ok"))).toBe("Pulkstenis · serveris");
  expect(partName(lamp("clock:rimi", "ok", "clock.ok"))).toBe("Pulkstenis · rimi");
  expect(partName(lamp("a.new.part", "ok", "new"))).toBe("a.new.part");
});

test("shed kinds are named in the language of the screen", () => {
  const shed = lamp("shedding:gw", "amber", "shedding.now", { numbers: { count: 6, kinds: "PositionReported, RadioHeard" } });
  expect(lampText(shed)).toBe("Pārslodzes dēļ izlaists: 6 (pozīcijas, dzīvības zīmes).");
});

test("no lamp is grey, one is worst", () => {
  expect(worst([])).toBeNull();
  expect(worst([lamp("a", "ok", "x"), lamp("b", "amber", "x")])).toBe("amber");
});

/** Texts of lamps that the server can send and that ask for something. */
const TROUBLES = [
  "database.away", "database.slow", "ingest.behind", "ingest.stuck", "gateway.offline", "gateway.silent", "spool.waiting",
  "spool.filling", "spool.full", "spool.fault", "shedding.now", "ports.dropping", "ports.buffer", "clock.jumped",
  "clock.skewed", "loop.blocked", "links.down", "broker.away", "disk.little", "disk.unreadable", "backup.never",
  "backup.old", "backup.failed", "backup.unreadable", "hook.missing", "hook.failed", "gaps.open",
];

test.each(LANGUAGES)("%s says what is the matter and what to do", async (language) => {
  await setLanguage(language);
  for (const text of TROUBLES) {
    expect(isKey(`condition.text.${text}`), text).toBe(true);
    expect(isKey(`condition.do.${text}`), text).toBe(true);
  }
  expect(t("condition.all_ok")).not.toBe("condition.all_ok");
});
