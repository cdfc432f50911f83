import { expect, test } from "vitest";
import { leftward } from "../../src/ui/menu";

test.each([
  [601, 1500, 1366, 142], // over the edge: ends 8 px before it
  [378, 971, 1366, 0],
  [100, 1400, 1366, 42],
  [60, 1500, 1366, 52], // wider than the window: its beginning stays in sight
  [4, 1500, 1366, 0],
])("a panel from %i to %i px in a window of %i px moves %i px", (left, right, width, expected) => {
  expect(leftward(left, right, width)).toBe(expected);
});
