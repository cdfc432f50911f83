/** Shapes of the console: each state has its own form, so that colour is never alone. */
import type { UnitState } from "../stores/unit-state";

export type IconName = UnitState | "call" | "text" | "call_alert" | "find" | "status" | "person" | "window";

interface Props {
  name: IconName;
  /** Spoken; without it the icon is an ornament. */
  label?: string;
  class?: string;
}

const MARK = { fill: "none", stroke: "var(--panel)", "stroke-width": 2 } as const;

function Shape({ name }: { name: IconName }) {
  switch (name) {
    case "free":
      return <><circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M6 10.4l2.7 2.7L14.2 7.5" {...MARK} /></>;
    case "busy":
      return <><rect x="1.6" y="1.6" width="16.8" height="16.8" rx="3.5" fill="currentColor" /><path d="M10 4.8v5.4l3.4 2.2" {...MARK} /></>;
    case "no_gps":
      return <><path d="M10 1.2 18.8 10 10 18.8 1.2 10z" fill="currentColor" /><path d="M6.4 10h7.2" {...MARK} /></>;
    case "off":
      return <g fill="none" stroke="currentColor" stroke-width="2"><circle cx="10" cy="10" r="7.5" /><path d="M5 15 15 5" /></g>;
    case "emergency":
      return <><path d="M10 1.2 19.2 18H.8z" fill="currentColor" /><path d="M10 7v5.2" stroke="var(--panel)" stroke-width="2.2" /><circle cx="10" cy="15.1" r="1.3" fill="var(--panel)" /></>;
    case "call":
      return <><path d="M8 2h6v16H6V6z" fill="currentColor" /><path d="M8.5 7h3M8.5 10h3" stroke="var(--panel)" stroke-width="1.6" /><path d="M16.5 6c1.6 2 1.6 6 0 8M4 8c-.8 1.3-.8 3 0 4.2" fill="none" stroke="currentColor" stroke-width="1.6" /></>;
    case "text":
      return <><path d="M2 3h16v11H9l-4 4v-4H2z" fill="currentColor" /><path d="M5 7h10M5 10h7" stroke="var(--panel)" stroke-width="1.5" /></>;
    case "call_alert":
      return <><path d="M13 2h5v16h-7V6z" fill="currentColor" /><path d="M13 7h3M13 10h3" stroke="var(--panel)" stroke-width="1.5" /><path d="M9 10H2M5.500 6.200 1.700 10l3.800 3.800" fill="none" stroke="currentColor" stroke-width="2" /></>;
    case "find":
      return <g fill="none" stroke="currentColor" stroke-width="2.1"><circle cx="8.5" cy="8.5" r="5.5" /><path d="m13 13 5 5" /></g>;
    case "status":
      return <path d="M4 2h2v16H4zM6 3h10l-3 4 3 4H6z" fill="currentColor" />;
    case "window":
      return <g fill="none" stroke="currentColor" stroke-width="2"><path d="M7 6V2.500h10.500V13H14" /><path d="M2.500 7H13v10.500H2.500z" /></g>;
    case "person":
      return <><circle cx="10" cy="6.500" r="4" fill="currentColor" /><path d="M2.500 18a7.500 7.500 0 0 1 15 0z" fill="currentColor" /></>;
  }
}

export function Icon({ name, label, class: extra = "" }: Props) {
  const attributes = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  return (
    <svg class={`icon ${extra}`} viewBox="0 0 20 20" {...attributes}>
      <Shape name={name} />
    </svg>
  );
}

export function Shield() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 1.5 21 5v7c0 5-3.8 8.7-9 10.5C6.8 20.7 3 17 3 12V5z" fill="#2f81d6" />
      <path d="M12 7v10M8 9.5a5.5 5.5 0 0 0 0 5M16 9.5a5.5 5.5 0 0 1 0 5" stroke="#fff" stroke-width="1.7" fill="none" />
    </svg>
  );
}
