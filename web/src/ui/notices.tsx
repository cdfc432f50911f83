/** Short news of the console's own doing: what failed, what was done. */
import { signal } from "@preact/signals";
import { t } from "../i18n";
import { explain } from "./errors";

interface Notice {
  id: number;
  text: string;
  bad: boolean;
}

const STAY_MS = { good: 5000, bad: 12_000 };
const notices = signal<readonly Notice[]>([]);
let count = 0;

export function notify(text: string, bad = false): void {
  const id = ++count;
  notices.value = [...notices.value.slice(-3), { id, text, bad }];
  setTimeout(() => dismiss(id), bad ? STAY_MS.bad : STAY_MS.good);
}

export function notifyError(error: unknown): void {
  notify(explain(error), true);
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text, bad }) => (
        <div key={id} class={`notice card ${bad ? "bad" : ""}`}>
          <span>{text}</span>
          <button type="button" class="b round" onClick={() => dismiss(id)}>{t("close")}</button>
        </div>
      ))}
    </div>
  );
}
