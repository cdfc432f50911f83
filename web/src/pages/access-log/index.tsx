import "../log/log.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { AccessLogEntry } from "../../api/types";
import { isKey, t } from "../../i18n";
import { dateAndClock, number } from "../../i18n/format";
import { stores } from "../../stores";
import { names } from "../../ui/names";
import { plain } from "../../ui/text";
import { Field, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import { LogList } from "../log/log-list";
import { PagedLog } from "../log/paged-log";
import { type Span, interval } from "../log/span";
import { scopeWords } from "./scope";

const PAGE_ROWS = 100;
const PAUSE_MS = 300;
const COLUMNS = ["time", "who", "action", "subject", "scope", "count", "reason", "address"] as const;

/** Who looked at or changed what: for supervisors and administrators. Reading it is logged as well. */
export default function AccessLogPage() {
  const [span, setSpan] = useState<Span>({ preset: "24h" });
  const [user, setUser] = useState("");
  const log = useMemo(() => new PagedLog<AccessLogEntry>("/api/access-log"), []);
  const now = stores.clock.read();
  const load = (): void => {
    const { since_ms, until_ms } = interval(span, stores.clock.read());
    void log.load({
      since: new Date(since_ms).toISOString(), until: new Date(until_ms).toISOString(), user: user.trim(), limit: PAGE_ROWS,
    });
  };
  useEffect(() => {
    const timer = setTimeout(load, user ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      log.stop();
    };
  }, [span, user]);
  return (
    <main class="page log-page">
      <FilterBar title={t("page.access_log")}>
        <SpanField span={span} now_ms={now} onChange={setSpan} />
        <Field label={t("account.name")}>
          {(id) => <input id={id} class="field" type="search" value={user} onInput={(event) => setUser(event.currentTarget.value)} />}
        </Field>
      </FilterBar>
      <LogList log={log} fresh={0} onFresh={load} empty={t("access.empty")}>
        <table class="log-table">
          <thead>
            <tr>{COLUMNS.map((column) => <th key={column} scope="col" class={column === "count" ? "figure" : ""}>{t(`access.column.${column}`)}</th>)}</tr>
          </thead>
          <tbody>{log.items.value.map((entry) => <Row key={entry.id} entry={entry} />)}</tbody>
        </table>
      </LogList>
    </main>
  );
}

export function Row({ entry }: { entry: AccessLogEntry }) {
  const zone = names.zone(entry.agency_id);
  return (
    <tr>
      <td class="time"><time dateTime={entry.at}>{dateAndClock(entry.at, zone)}</time></td>
      <td class="who"><b>{plain(entry.user)}</b><span>{word("role", entry.role)}</span></td>
      <td>{t(`access.action.${entry.action}`)}</td>
      <td>{word("access.subject", entry.subject)}</td>
      <td class="asked">{scopeWords(entry.scope, zone)}</td>
      <td class="figure">{number(entry.count)}</td>
      <td class="asked">{entry.reason ? plain(entry.reason) : ""}</td>
      <td>{plain(entry.address)}</td>
    </tr>
  );
}

/** A name of the server in the language of the screen, or as it is. */
function word(group: string, name: string): string {
  const key = `${group}.${name}`;
  return isKey(key) ? t(key) : plain(name);
}
