import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  /** What the button shows. */
  summary: ComponentChildren;
  /** Spoken name of the button, where `summary` alone does not say it. */
  label?: string;
  class?: string;
  children: ComponentChildren;
}

/** Room between a panel and the edge of the window. */
const EDGE_PX = 8;

/** How far a panel goes to the left so that it ends in the window, but begins in it too. */
export function leftward(left: number, right: number, width: number): number {
  return Math.max(0, Math.min(right - (width - EDGE_PX), left - EDGE_PX));
}

/** A button that opens a small panel under itself; Escape or a click elsewhere closes it. */
export function Menu({ summary, label, class: extra = "", children }: Props) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (!ref.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      setOpen(false);
      ref.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape, true);
    };
  }, [open]);
  useLayoutEffect(() => {
    const panel = ref.current?.querySelector<HTMLElement>(".menu-p");
    if (!panel) return;
    panel.style.translate = "";
    const { left, right } = panel.getBoundingClientRect();
    const way = leftward(left, right, document.documentElement.clientWidth);
    if (way > 0) panel.style.translate = `${-way}px`;
  });
  return (
    <div class={`menu ${extra}`} ref={ref}>
      <button type="button" class="menu-b" aria-expanded={open} aria-label={label} title={label} onClick={() => setOpen(!open)}>
        {summary}
      </button>
      {open && <div class="menu-p card">{children}</div>}
    </div>
  );
}
