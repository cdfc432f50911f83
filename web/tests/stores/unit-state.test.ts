// @vitest-environment node
import { describe, expect, test } from "vitest";
import { unitState } from "../../src/stores/unit-state";
import { NOON, before, emergency, position, radio, unit } from "../fixtures";

describe("the state of a unit", () => {
  const busy = unit(1, { status: "busy" });
  const fresh = [position(1)];
  test.each([
    ["free", unit(1), [radio(1)], fresh, [], "free"],
    ["busy", busy, [radio(1)], fresh, [], "busy"],
    ["off duty counts as off", unit(1, { status: "off_duty" }), [radio(1)], fresh, [], "off"],
    ["no radio is off", unit(1), [], [], [], "off"],
    ["all radios off", busy, [radio(1, { presence: "off" })], fresh, [], "off"],
    ["one of two radios on", unit(1), [radio(1, { presence: "off" }), radio(2, { unit_id: 1 })], [position(2)], [], "free"],
    ["heard 14 min ago is not silent", unit(1), [radio(1, { last_heard_at: before(840) })], [], [], "no_gps"],
    ["heard 16 min ago is silent", unit(1), [radio(1, { last_heard_at: before(960) })], [], [], "off"],
    ["never heard is off", unit(1), [radio(1, { last_heard_at: null })], [], [], "off"],
    ["no position", busy, [radio(1)], [], [], "no_gps"],
    ["fix 119 s old", busy, [radio(1)], [position(1, { fixed_at: before(119) })], [], "busy"],
    ["fix 121 s old", busy, [radio(1)], [position(1, { fixed_at: before(121) })], [], "no_gps"],
    ["no fix time: heard time counts", busy, [radio(1)], [position(1, { fixed_at: null })], [], "busy"],
    ["an alarm outweighs all", unit(1, { status: "off_duty" }), [radio(1, { presence: "off" })], [], [emergency(1)], "emergency"],
  ] as const)("%s", (_, ofUnit, radios, positions, emergencies, state) => {
    expect(unitState(ofUnit, radios, positions, emergencies, NOON)).toBe(state);
  });
});
