import { beforeEach, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { templates } from "../../src/pages/console/templates";
import { stores } from "../../src/stores";

const USER = { id: 1, name: "a", display_name: "A", role: "dispatcher" as const, agency_ids: [1], language: "lv", disabled: false };

function signedIn(count: number): void {
  stores.session.current.value = {
    user: USER, expires_at: "", demo: false, server_time: "", version: "", password_set: true,
    console: {
      map: { pmtiles: false, tile_url: null, attribution: "" },
      templates: Array.from({ length: count }, (_, n) => ({ key: `t${n}`, lv: `lv ${n}`, lt: `lt ${n}`, en: `en ${n}` })),
    },
  };
}

beforeEach(() => setLanguage("lt"));

test("the installation's own texts, in the language of the screen, as many as there are figures", () => {
  signedIn(11);
  stores.preferences.language.value = "lt";
  expect(templates(stores)).toEqual(["lt 0", "lt 1", "lt 2", "lt 3", "lt 4", "lt 5", "lt 6", "lt 7", "lt 8"]);
});

test("the built-in ones where the installation has none", () => {
  signedIn(0);
  expect(templates(stores)).toHaveLength(9);
  expect(templates(stores)[0]).toBe("Praneškite savo vietą");
});
