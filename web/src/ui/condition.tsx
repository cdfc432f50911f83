import "./condition.css";
import type { Lamp, LampLevel } from "../api/types";
import { type MessageArguments, isKey, t } from "../i18n";
import { duration, number } from "../i18n/format";
import { stores } from "../stores";
import { Menu } from "./menu";
import { plain } from "./text";

/** A shape and a sign for each level, so that colour is not needed. */
const SIGNS: Readonly<Record<LampLevel, string>> = { ok: "✓", amber: "!", red: "×" };

/** How the system itself is: one lamp that opens the list of all. */
export function Condition() {
  const lamps = stores.lamps.value;
  const lost = stores.stream.phase.value === "lost";
  return (
    <Menu class="lamp-m cond" summary={<Summary lamps={lost ? [] : lamps} />}>
      {lost && <p class="muted">{t("stream.retrying")}</p>}
      <div class="cond-scroll" role="region" aria-label={t("condition.region")} tabIndex={0}>
        <ul class="cond-list">
          {lamps.map((lamp) => <Row key={lamp.key} lamp={lamp} old={lost} />)}
        </ul>
      </div>
      {!lamps.length && <p class="muted">{t("condition.none_yet")}</p>}
    </Menu>
  );
}

/** The worst level, how many parts have it, and since when the first of them does. */
function Summary({ lamps }: { lamps: readonly Lamp[] }) {
  const level = worst(lamps);
  if (!level) return <><Unknown /><b>{t("condition.none_yet")}</b></>;
  const bad = lamps.filter((lamp) => lamp.level === level);
  const words = {
    ok: t("condition.all_ok"),
    amber: t("condition.some_amber", { count: bad.length }),
    red: t("condition.some_red", { count: bad.length }),
  };
  return (
    <>
      <Sign level={level} />
      <b>{words[level]}</b>
      {level !== "ok" && <span class="v">{since(Math.min(...bad.map((lamp) => Date.parse(lamp.since))))}</span>}
    </>
  );
}

/** A lamp; an old one keeps its words and figures, but claims nothing about now. */
function Row({ lamp, old }: { lamp: Lamp; old: boolean }) {
  const advice = `condition.do.${lamp.text}`;
  return (
    <li class={lamp.level} data-lamp={lamp.key}>
      {old ? <Unknown /> : <Sign level={lamp.level} />}
      <h4>{partName(lamp)}</h4>
      <span class="s">
        <b>{t(old ? "lamp.unknown" : `condition.level.${lamp.level}`)}</b>
        {lamp.level !== "ok" && !old && ` · ${since(Date.parse(lamp.since))}`}
      </span>
      <p>{lampText(lamp)}</p>
      {isKey(advice) && <p class="do"><b>{t("condition.do")}</b> {t(advice)}</p>}
    </li>
  );
}

function Sign({ level }: { level: LampLevel }) {
  return <i class={`cond-l ${level}`} aria-hidden="true">{SIGNS[level]}</i>;
}

function Unknown() {
  return <i class="cond-l none" aria-hidden="true" />;
}

function since(at: number): string {
  return t("condition.since", { duration: duration(Math.max(0, stores.clock.now.value - at)) });
}

/** "Waiting events Liepāja", "Disk". */
export function partName(lamp: Lamp): string {
  const [part = "", gateway] = lamp.key.split(/:(.*)/s);
  const key = `condition.part.${part}`;
  return isKey(key) ? t(key, { gateway: plain(gateway ?? t("condition.part.server")) }).trim() : plain(lamp.key);
}

/** What is the matter, in the language of the screen. */
export function lampText(lamp: Lamp): string {
  const key = `condition.text.${lamp.text}`;
  return isKey(key) ? t(key, values(lamp)) : plain(lamp.text);
}

export function worst(lamps: readonly Lamp[]): LampLevel | null {
  return (["red", "amber", "ok"] as const).find((level) => lamps.some((lamp) => lamp.level === level)) ?? null;
}

function values(lamp: Lamp): MessageArguments {
  return Object.fromEntries(
    Object.entries(lamp.numbers).map(([name, value]) => [
      name,
      typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : name === "kinds" ? kinds(value) : plain(value),
    ]),
  );
}

function kinds(names: string): string {
  const known = names.split(", ").map((name) => {
    const key = `condition.kind.${name}`;
    return isKey(key) ? t(key) : plain(name);
  });
  return known.join(", ");
}
