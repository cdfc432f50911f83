import { useState } from "preact/hooks";
import { LANGUAGES, t } from "../i18n";
import { clock, isoDate, shortClock, zoneName } from "../i18n/format";
import { PAGES } from "../pages";
import { stores } from "../stores";
import { Condition } from "./condition";
import { Icon, Shield } from "./icons";
import { Lamps } from "./lamps";
import { Menu } from "./menu";
import { names } from "./names";
import { notifyError } from "./notices";
import { currentPath } from "./router";
import { SoundMenu } from "./sound-menu";
import { plain } from "./text";

export function TopBar() {
  const user = stores.session.current.value?.user;
  const agencies = stores.agencies.all.value.map((agency) => plain(agency.name)).join(" · ");
  return (
    <header class="top">
      <a class="brand" href="/" title={agencies}>
        <Shield />
        <span>
          {"Sardze"}
          <small>{stores.demo.value ? <em class="demo" title={t("demo.title")}>{t("demo.ribbon")}</em> : t("brand.sub")}</small>
        </span>
      </a>
      <nav class="pages" aria-label={t("nav.pages")}>
        {PAGES.filter((page) => page.inMenu).map((page) => (
          <a key={page.path} href={page.path} aria-current={currentPath() === page.path ? "page" : undefined}>
            {t(page.title)}
          </a>
        ))}
      </nav>
      <Condition />
      <Lamps />
      <span class="grow" />
      <Clock />
      <div class="tb">
        <Languages />
        <ThemeButton />
        <SoundMenu />
        <a class="tb-b hide-s" href="/map" target="_blank" rel="noopener" title={t("top.second_window")}>
          <Icon name="window" label={t("top.second_window")} />
        </a>
        {user && <UserMenu name={plain(user.display_name)} role={t(`role.${user.role}`)} />}
      </div>
    </header>
  );
}

function Clock() {
  const now = stores.clock.now.value;
  const zone = names.zone();
  return (
    <div class="clock" title={isoDate(now, zone)}>
      {clock(now, zone)}
      <small>{`${zoneName(now, zone)} · ${shortClock(now, "UTC")} UTC`}</small>
    </div>
  );
}

function Languages() {
  const { language } = stores.preferences;
  return (
    <div class="seg" role="group" aria-label={t("top.language")}>
      {LANGUAGES.map((code) => (
        <button key={code} type="button" lang={code} aria-pressed={language.value === code} onClick={() => (language.value = code)}>
          {code.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

export function ThemeButton() {
  const { theme } = stores.preferences;
  const night = theme.value === "night";
  const label = t(night ? "top.to_day" : "top.to_night");
  return (
    <button type="button" class="tb-b" title={label} aria-label={label} onClick={() => (theme.value = night ? "day" : "night")}>
      <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="2" />
        <path d="M10 2.500a7.500 7.500 0 0 1 0 15z" fill="currentColor" />
      </svg>
    </button>
  );
}

function UserMenu({ name, role }: { name: string; role: string }) {
  const [busy, setBusy] = useState(false);
  const signOut = async (): Promise<void> => {
    setBusy(true);
    try {
      await stores.session.signOut();
    } catch (error) {
      notifyError(error);
    }
    setBusy(false);
  };
  return (
    <Menu
      class="end"
      label={t("top.user_menu", { name })}
      summary={<><Icon name="person" /><b class="hide-s user-name">{name}</b><span aria-hidden="true">{"▾"}</span></>}
    >
      <p><b>{name}</b><br /><span class="muted">{role}</span></p>
      <a class="b" href="/account">{t("page.account")}</a>
      {PAGES.filter((page) => page.role && stores.session.may(page.role)).map((page) => (
        <a key={page.path} class="b" href={page.path}>{t(page.title)}</a>
      ))}
      <a class="b" href="/map" target="_blank" rel="noopener">{t("top.second_window")}</a>
      <button type="button" class="b" disabled={busy} onClick={() => void signOut()}>{t("top.sign_out")}</button>
    </Menu>
  );
}
