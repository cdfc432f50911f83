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

/** Without the port that only listens for repeaters, while it does and they have rows of their own. */
export function withoutListeners(links: readonly Link[]): readonly Link[] {
  const named = new Set(links.filter((link) => link.site !== null).map((link) => `${link.gateway}/${link.name}`));
  return links.filter((link) => link.site !== null || link.state !== "up" || !named.has(`${link.gateway}/${link.name}`));
}

/** Links to the radio network: state, and the age of the last real payload. */
export function Lamps() {
  const now = stores.clock.now.value;
  const lost = stores.stream.phase.value === "lost";
  const links = withoutListeners(stores.links.all.value).map(
    (link) => ({ link, state: lost ? "unknown" as const : lampState(link, now) }),
  );
  const byWeight = [...links].sort((a, b) => WEIGHT[a.state] - WEIGHT[b.state]);
  const up = links.filter(({ state }) => state === "up").length;
  const worst = byWeight[0]?.state ?? "up";
  if (!links.length) return null;
  return (
    <div class="lamps" role="group" aria-label={t("lamp.links")}>
      {apart(links.length, viewportWidth.value) ? links.map(({ link, state }) => (
        <LampMenu key={link.id} link={link} state={state} now={now} />
      )) : (
        <Menu class="lamp-m" summary={<><i class={`lamp ${worst}`} /><b>{lost ? t("lamp.none_known") : t("lamp.up_of", { up, all: links.length })}</b></>}>
          <LinkTable links={byWeight} now={now} />
        </Menu>
      )}
    </div>
  );
}

function LampMenu({ link, state, now }: { link: Link; state: LampState; now: number }) {
  return (
    <Menu class="lamp-m" summary={<><i class={`lamp ${state}`} /><b>{name(link)}</b><span class="v">{summary(link, state, now)}</span></>}>
      <LinkDetails link={link} state={state} now={now} />
    </Menu>
  );
}

function summary(link: Link, state: LampState, now: number): string {
  if (state === "up" && link.last_payload_at) return age(now - Date.parse(link.last_payload_at));
  if (state === "quiet" && link.last_payload_at) return t("lamp.quiet_for", { age: age(now - Date.parse(link.last_payload_at)) });
  return t(`lamp.${state}`);
}

/** All links with everything that is known of them, the worst first. */
function LinkTable({ links, now }: { links: readonly { link: Link; state: LampState }[]; now: number }) {
  return (
    <div class="lamp-list">
      <table>
        <thead>
          <tr>{COLUMNS.map((key, n) => <th key={key} scope="col" class={n > 3 ? "n" : ""}>{t(key)}</th>)}</tr>
        </thead>
        <tbody>
          {links.map(({ link, state }) => (
            <tr key={link.id}>
              <th scope="row"><i class={`lamp ${state}`} /><b>{name(link)}</b><small lang="en">{plain(link.title)}</small></th>
              <td>
                {t(`lamp.${state}`)}{link.reason && <small lang="en">{plain(link.reason)}</small>}
                {link.options && <small>{t("lamp.options")} {plain(link.options)}</small>}
              </td>
              <td>{ago(now - Date.parse(link.since))}</td>
              <td>{payload(link, now)}</td>
              <td class="n">{number(link.frames)}</td>
              <td class="n">{number(link.malformed)}</td>
              <td class="n">{number(link.refused)}</td>
              <td class="n">{latency(link)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const COLUMNS = [
  "lamp.link", "lamp.state", "lamp.since", "lamp.payload", "lamp.frames", "lamp.malformed", "lamp.refused", "lamp.latency",
] as const satisfies readonly MessageKey[];

function name(link: Link): string {
  return plain(link.site || link.name);
}

function payload(link: Link, now: number): string {
  return link.last_payload_at ? ago(now - Date.parse(link.last_payload_at)) : t("lamp.never");
}

function latency(link: Link): string {
  return link.latency_ms === null ? "—" : `${number(link.latency_ms)}\u00a0ms`;
}

function LinkDetails({ link, state, now }: { link: Link; state: LampState; now: number }) {
  const rows: [MessageKey, string][] = [
    ["lamp.state", `${t(`lamp.${state}`)}${link.reason ? ` · ${plain(link.reason)}` : ""}`],
    ["lamp.since", ago(now - Date.parse(link.since))],
    ["lamp.payload", payload(link, now)],
    ["lamp.latency", latency(link)],
    ["lamp.frames", `${number(link.frames)} · ${t("lamp.bad", { malformed: number(link.malformed), refused: number(link.refused) })}`],
    ...(link.options ? [["lamp.options", plain(link.options)] satisfies [MessageKey, string]] : []),
    ["lamp.gateway", `${plain(link.gateway)} / ${plain(link.name)}`],
  ];
  return (
    <section class="lamp-d">
      <h3><i class={`lamp ${state}`} />{name(link)}</h3>
      <p class="muted" lang="en">{plain(link.title)}</p>
      <dl>
        {rows.map(([key, value]) => (
          <div key={key}><dt>{t(key)}</dt><dd>{value}</dd></div>
        ))}
      </dl>
    </section>
  );
}
