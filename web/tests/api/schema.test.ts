// @vitest-environment node
import { readFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

test("the generated types are those of the server's OpenAPI document (else: npm run api)", async () => {
  const generated = astToString(await openapiTS(new URL("openapi.json", root)));
  const committed = await readFile(new URL("src/api/schema.d.ts", root), "utf8");
  expect(committed.endsWith(generated)).toBe(true);
});
