// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "../../src");
const PAGES = join(SRC, "pages");
/** What several pages share; its names begin with those of no page. */
const SHARED = ["log"];

/** Classes that begin a rule of a style sheet: the rule is for whatever has them, wherever it stands. */
function leading(css: string): Set<string> {
  const rules = css.replace(/\/\*.*?\*\//gs, "").matchAll(/(?:^|[{}])\s*([^{}@]+)\{/gs);
  const firsts = [...rules].flatMap(([, selectors]) => (selectors ?? "").split(",").map((one) => one.trim().split(/[ >+~]/)[0] ?? ""));
  return new Set(firsts.flatMap((first) => first.match(/\.([\w-]+)/)?.[1] ?? []));
}

/** Words in the class attributes of a component. */
function used(tsx: string): Set<string> {
  const classes = tsx.matchAll(/\bclass(?:Name)?=(?:"([^"]*)"|\{`([^`]*)`\})/g);
  return new Set([...classes].flatMap(([, plain, template]) => (plain ?? template ?? "").split(/[^\w-]+/)));
}

const files = readdirSync(PAGES, { recursive: true, encoding: "utf8" });
const sheets = files.filter((path) => path.endsWith(".css") && !SHARED.includes(dirname(path)));
const components = files.filter((path) => path.endsWith(".tsx"));

test("there are sheets to look at", () => {
  expect(sheets.length).toBeGreaterThan(5);
  expect(leading(".a b, .c:hover { } @media x { .d { } }")).toEqual(new Set(["a", "c", "d"]));
  expect(used('<p class="a b"><i class={`c ${x}`} />')).toContain("b");
});

/** All sheets are loaded together: a rule of one page must find nothing on another. */
test.each(sheets)("the rules of %s stay on their page", (sheet) => {
  const own = leading(readFileSync(join(PAGES, sheet), "utf8"));
  const page = dirname(sheet);
  for (const path of components) {
    if (dirname(path) === page) continue;
    const others = used(readFileSync(join(PAGES, path), "utf8"));
    const strays = [...own].filter((name) => others.has(name) && !name.startsWith("log-"));
    expect(strays, path).toEqual([]);
  }
});
