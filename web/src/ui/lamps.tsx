import type { Link } from "../api/types";
import { type MessageKey, t } from "../i18n";
import { age, ago, number } from "../i18n/format";
import { stores } from "../stores";
import { Menu } from "./menu";
import { plain } from "./text";

/** A link whose health was not reported for this long may be dead without knowing. */
const UNREPORTED_MS = 30_000;
/** A link that is up but carried nothing for this long is doubtful. */
const QUIET_MS = 5 * 60_000;
/** More lamps than this are gathered behind one. */
const MANY = 3;

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
  const shown = links.length > MANY ? byWeight.filter(({ state }) => state !== "up").slice(0, MANY) : links;
  const up = links.filter(({ state }) => state === "up").length;
  return (
    <div class="lamps" role="group" aria-label={t("lamp.links")}>
      {shown.map(({ link, state }) => (
        <LampMenu key={link.id} link={link} state={state} now={now} />
      ))}
      {links.length > MANY && (
        <Menu class="lamp-m" summary={<><i class={`lamp ${up === links.length ? "up" : "quiet"}`} /><b>{t("lamp.up_of", { up, all: links.length })}</b></>}>
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
