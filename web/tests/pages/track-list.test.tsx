import { beforeEach, expect, test } from "vitest";
import type { TrackPoint } from "../../src/api/types";
import { setLanguage } from "../../src/i18n";
import { drive } from "../../src/pages/track/drive";
import { PointsList } from "../../src/pages/track/points-list";
import { TimeSlider } from "../../src/pages/track/time-slider";
import { draw } from "../screen";

beforeEach(() => setLanguage("en"));

function heard(at: string): TrackPoint {
  return {
    radio_id: 7, lat: 56.5, lon: 21, heard_at: at, fixed_at: at, speed_kmh: 40, bearing_deg: 0, error_m: 8,
    altitude_m: null, source: "lrrp", stale: false, verified: true,
  };
}

/** 23:58 and 00:02 in Riga. */
const OVER_MIDNIGHT = drive([heard("2026-11-21T21:58:00.000Z"), heard("2026-11-21T22:02:00.000Z")]);
const ONE_DAY = drive([heard("2026-11-21T12:00:00.000Z"), heard("2026-11-21T12:01:00.000Z")]);

test("a drive over midnight says which day each report is of", async () => {
  const page = await draw(<PointsList drive={OVER_MIDNIGHT} index={1} onIndex={() => undefined} />);
  expect([...page.querySelectorAll("tbody tr td:first-child")].map((cell) => cell.textContent)).toEqual([
    "2026-11-21", "23:58:00", "2026-11-22", "00:02:00",
  ]);
  expect(page.querySelector(".track-part b")?.textContent).toBe("2026-11-21 23:58:00");
  const slider = await draw(<TimeSlider drive={OVER_MIDNIGHT} index={1} onIndex={() => undefined} />);
  expect(slider.querySelector(".track-now b")?.textContent).toBe("2026-11-22 00:02:00");
  expect(slider.querySelector("input")?.getAttribute("aria-valuetext")).toContain("2026-11-22 00:02:00");
});

test("one of a single day says the day once", async () => {
  const page = await draw(<PointsList drive={ONE_DAY} index={1} onIndex={() => undefined} />);
  expect(page.querySelectorAll(".log-day")).toHaveLength(1);
  const slider = await draw(<TimeSlider drive={ONE_DAY} index={1} onIndex={() => undefined} />);
  expect(slider.querySelector(".track-now b")?.textContent).toBe("14:01:00");
});
