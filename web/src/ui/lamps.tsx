import type { Link } from "../api/types";
import { type MessageKey, t } from "../i18n";
import { age, ago, number } from "../i18n/format";
import { stores } from "../stores";
import { Menu } from "./menu";
import { plain } from "./text";
import { viewportWidth } from "./viewport";

/** A link whose health was not reported for this long may be dead without knowing. */
const UNREPORTED_MS = 30_000;
/** A link that is up but carried nothing for this long is doubtful. */
const QUIET_MS = 5 * 60_000;
/** More links than this are always gathered behind one lamp. */
const MANY = 6;
/** Below this width of the window, too. */
const WIDE_PX = 1500;
/** What the rest of the top bar takes, and the least that a lamp with a name needs. */
const REST_PX = 1040;
const PILL_PX = 112;

/** Whether each of `count` links has room for a lamp of its own. */
export function apart(count: number, widthPx: number): boolean {
  return count <= MANY && widthPx >= WIDE_PX && widthPx - REST_PX >= count * PILL_PX;
}

export type LampState = "up" | "quiet" | "connecting" | "down" | "unknown";

/** What the lamp of a link says, `nowMs` in milliseconds since 1970. */
export function lampState(link: Link, nowMs: number): LampState {
  if (nowMs - Date.parse(link.seen_at) > UNREPORTED_MS) return "unknown";
  if (link.state !== "up") return link.state;
  const payload = link.last_payload_at;
  return payload === null || nowMs - Date.parse(payload) > QUIET_MS ? "quiet" : "up";
}

const WEIGHT: Readonly<Record<LampState, number>> = { down: 0, unknown: 1, connecting: 2, quiet: 3, up: 4 };

/** Links to the radio network: state, and the age of the last real payload. */
export function Lamps() {
  const now = stores.clock.now.value;
  const links = stores.links.all.value.map((link) => ({ link, state: lampState(link, now) }));
  const byWeight = [...links].sort((a, b) => WEIGHT[a.state] - WEIGHT[b.state]);
  const up = links.filter(({ state }) => state === "up").length;
  const worst = byWeight[0]?.state ?? "up";
  if (!links.length) return null;
  return (
    <div class="lamps" role="group" aria-label={t("lamp.links")}>
      {apart(links.length, viewportWidth.value) ? links.map(({ link, state }) => (
        <LampMenu key={link.id} link={link} state={state} now={now} />
      )) : (
        <Menu class="lamp-m" summary={<><i class={`lamp ${worst}`} /><b>{t("lamp.up_of", { up, all: links.length })}</b></>}>
          <div class="lamp-list">
            {byWeight.map(({ link, state }) => (
              <LinkDetails key={link.id} link={link} state={state} now={now} />
            ))}
          </div>
        </Menu>
      )}
    </div>
  );
}

function LampMenu({ link, state, now }: { link: Link; state: LampState; now: number }) {
  const title = plain(link.site ?? link.title);
  return (
    <Menu class="lamp-m" summary={<><i class={`lamp ${state}`} /><b>{title}</b><span class="v">{summary(link, state, now)}</span></>}>
      <LinkDetails link={link} state={state} now={now} />
    </Menu>
  );
}

function summary(link: Link, state: LampState, now: number): string {
  if (state === "up" && link.last_payload_at) return age(now - Date.parse(link.last_payload_at));
  if (state === "quiet" && link.last_payload_at) return t("lamp.quiet_for", { age: age(now - Date.parse(link.last_payload_at)) });
  return t(`lamp.${state}`);
}

function LinkDetails({ link, state, now }: { link: Link; state: LampState; now: number }) {
  const rows: [MessageKey, string][] = [
    ["lamp.state", `${t(`lamp.${state}`)}${link.reason ? ` · ${plain(link.reason)}` : ""}`],
    ["lamp.since", ago(now - Date.parse(link.since))],
    ["lamp.payload", link.last_payload_at ? ago(now - Date.parse(link.last_payload_at)) : t("lamp.never")],
    ["lamp.latency", link.latency_ms === null ? "—" : `${number(link.latency_ms)}\u00a0ms`],
    ["lamp.frames", `${number(link.frames)} · ${t("lamp.bad", { malformed: number(link.malformed), refused: number(link.refused) })}`],
    ["lamp.gateway", `${plain(link.gateway)} / ${plain(link.name)}`],
  ];
  return (
    <section class="lamp-d">
      <h3><i class={`lamp ${state}`} />{plain(link.title)}</h3>
      <dl>
        {rows.map(([key, value]) => (
          <div key={key}><dt>{t(key)}</dt><dd>{value}</dd></div>
        ))}
      </dl>
    </section>
  );
}
