import "../log/log.css";
import "./users.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { command, send } from "../../api/client";
import type { User, UserAdded, UserAnswer, UserChange } from "../../api/types";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { copyText } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { notify, notifyError } from "../../ui/notices";
import { plain } from "../../ui/text";
import { FilterBar } from "../log/filter-bar";
import { LogList } from "../log/log-list";
import { PagedLog } from "../log/paged-log";
import { NewUserDialog } from "./new-user";
import { ROLES } from "./roles";

/** Who may sign in, and as what: for administrators. */
export default function UsersPage() {
  const log = useMemo(() => new PagedLog<User>("/api/users"), []);
  const [adding, setAdding] = useState(false);
  const [way, setWay] = useState<UserAdded | null>(null);
  const load = (): void => void log.load({ limit: 200 });
  useEffect(() => {
    load();
    return () => log.stop();
  }, []);
  const put = (user: User): void => {
    log.items.value = log.items.value.map((one) => (one.id === user.id ? user : one));
  };
  return (
    <main class="page log-page">
      <FilterBar title={t("page.users")}>
        <span class="grow" />
        <button type="button" class="b p" onClick={() => setAdding(true)}>{t("users.add")}</button>
      </FilterBar>
      <LogList log={log} fresh={0} onFresh={load} empty={t("users.empty")} byTime={false}>
        <table class="log-table users">
          <thead>
            <tr>
              <th scope="col">{t("account.name")}</th>
              <th scope="col">{t("users.display_name")}</th>
              <th scope="col">{t("account.role")}</th>
              <th scope="col">{t("account.agencies")}</th>
              <th scope="col">{t("messages.column.actions")}</th>
            </tr>
          </thead>
          <tbody>{log.items.value.map((user) => <Row key={user.id} user={user} onChanged={put} onLink={setWay} />)}</tbody>
        </table>
      </LogList>
      {adding && (
        <NewUserDialog
          onClose={() => setAdding(false)}
          onAdded={(added) => {
            setAdding(false);
            setWay(added);
            load();
          }}
        />
      )}
      {way && <LinkDialog added={way} onClose={() => setWay(null)} />}
    </main>
  );
}

interface RowProps {
  user: User;
  onChanged: (user: User) => void;
  onLink: (added: UserAdded) => void;
}

function Row({ user, onChanged, onLink }: RowProps) {
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const self = stores.session.current.value?.user.id === user.id;
  const during = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      notifyError(error);
      onChanged({ ...user }); // draws what the server still has
    }
    setBusy(false);
  };
  const change = (changes: UserChange): Promise<void> => during(async () => {
    const { user: now } = await send<UserAnswer>("PATCH", `/api/users/${user.id}`, changes);
    onChanged(now);
    const said = now.role !== user.role ? "users.role_changed" : now.disabled ? "users.is_disabled" : "users.is_enabled";
    notify(t(said, { user: plain(now.name), role: t(`role.${now.role}`) }));
  });
  const link = (): Promise<void> => during(async () => onLink(await command<UserAdded>(`/api/users/${user.id}/sign-in-link`, {})));
  const agencies = user.agency_ids.map((id) => plain(stores.agencies.get(id)?.name ?? "")).filter(Boolean).join(", ");
  return (
    <tr class={user.disabled ? "off" : ""}>
      <td><b>{plain(user.name)}</b>{user.disabled && <> <span class="pill off">{t("users.disabled")}</span></>}</td>
      <td>{plain(user.display_name)}</td>
      <td>
        <select
          class="field" aria-label={t("users.role_of", { user: plain(user.name) })} value={user.role} disabled={busy || self}
          onChange={(event) => void change({ role: ROLES.find((role) => role === event.currentTarget.value) ?? user.role })}
        >
          {ROLES.map((role) => <option key={role} value={role}>{t(`role.${role}`)}</option>)}
        </select>
      </td>
      <td>{user.role === "administrator" ? t("account.all_agencies") : agencies || "—"}</td>
      <td>
        <button type="button" class="b round" disabled={busy || user.disabled} onClick={() => void link()}>{t("users.link")}</button>{" "}
        <button type="button" class="b round" disabled={busy || self} onClick={() => user.disabled ? void change({ disabled: false }) : setAsked(true)}>
          {t(user.disabled ? "users.enable" : "users.disable")}
        </button>
        {asked && (
          <DisableDialog
            user={user}
            onClose={() => setAsked(false)}
            onSure={() => {
              setAsked(false);
              void change({ disabled: true });
            }}
          />
        )}
      </td>
    </tr>
  );
}

/** Asked before somebody is cut off in the middle of a shift. */
function DisableDialog({ user, onClose, onSure }: { user: User; onClose: () => void; onSure: () => void }) {
  return (
    <Dialog title={t("users.disable_title", { user: plain(user.name) })} onClose={onClose}>
      <p>{t("users.disable_what")}</p>
      <footer><button type="button" class="b p" onClick={onSure}>{t("users.disable")}</button></footer>
    </Dialog>
  );
}

/** The way in: shown once, the server keeps only its hash. */
function LinkDialog({ added, onClose }: { added: UserAdded; onClose: () => void }) {
  const text = useRef<HTMLElement>(null);
  const copy = async (): Promise<void> => {
    if (text.current) notify(t(await copyText(text.current) ? "users.link_copied" : "unit.copy_by_hand"));
  };
  return (
    <Dialog title={t("users.link_title", { user: plain(added.user.name) })} onClose={onClose}>
      <p>{t("users.link_how")}</p>
      <p><code ref={text} class="way">{`${location.origin}/sign-in#token=${added.sign_in_token}`}</code></p>
      <footer><button type="button" class="b p" onClick={() => void copy()}>{t("users.copy")}</button></footer>
    </Dialog>
  );
}
