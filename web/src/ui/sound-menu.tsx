import { t } from "../i18n";
import { number } from "../i18n/format";
import { stores } from "../stores";
import { QUIETEST } from "../stores/preferences";
import { sound } from "./desk";
import { Menu } from "./menu";

/** Volume and test of the emergency tone; red while the browser does not let it sound. */
export function SoundMenu() {
  const { volume } = stores.preferences;
  const state = sound.state.value;
  if (state === "blocked") {
    return (
      <button type="button" class="tb-b blocked" title={t("sound.enable")} onClick={() => void sound.unlock()}>
        {t("sound.blocked")}
      </button>
    );
  }
  const percent = `${number(Math.round(volume.value * 100))}\u00a0%`;
  return (
    <Menu class="end" label={t("sound.menu", { percent })} summary={<><span aria-hidden="true">{"♪"}</span>{percent}</>}>
      <label class="stack">
        <span>{t("sound.volume")}</span>
        <input
          type="range" min={QUIETEST} max={1} step={0.1} value={volume.value}
          onInput={(event) => (volume.value = Number(event.currentTarget.value))}
        />
      </label>
      <p class="muted">{t(state === "elsewhere" ? "sound.elsewhere" : "sound.never_silent")}</p>
      <button type="button" class="b" onClick={() => sound.test()}>{t("sound.test")}</button>
    </Menu>
  );
}
