import { describe, expect, it } from "vitest";
import { allowLeafletProbe } from "../../src/map/trusted";

type Rules = { createHTML: (markup: string) => string };

function browser(defaultPolicy: object | null = null) {
  const made: { name: string; rules: Rules }[] = [];
  return {
    made,
    defaultPolicy,
    createPolicy: (name: string, rules: Rules): object => {
      made.push({ name, rules });
      return rules;
    },
  };
}

describe("default policy for markup", () => {
  it("lets Leaflet's probe through and nothing else", () => {
    const types = browser();
    allowLeafletProbe(types);
    const rules = types.made[0]?.rules;
    expect(types.made[0]?.name).toBe("default");
    expect(rules?.createHTML("<svg/>")).toBe("<svg/>");
    for (const markup of ["", "<svg/ >", "<img src=x onerror=alert(1)>", "<svg/><script></script>"]) {
      expect(() => rules?.createHTML(markup)).toThrow(TypeError);
    }
  });

  it("is not made twice, nor where the browser knows none", () => {
    const types = browser({});
    allowLeafletProbe(types);
    expect(types.made).toEqual([]);
    allowLeafletProbe(undefined);
  });
});
