/** Draw a component into the page of a test and look at it as a person would. */
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";

let drawn: HTMLElement | null = null;

/** What was drawn before is taken away as when a page is left. */
export async function draw(content: ComponentChild): Promise<HTMLElement> {
  if (drawn) render(null, drawn);
  document.body.replaceChildren();
  const root = document.createElement("div");
  document.body.append(root);
  drawn = root;
  await act(() => render(content, root));
  return root;
}

/** Let requests, promises and frames of the page come to rest. */
export async function settle(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise(requestAnimationFrame);
  });
}

export async function press(key: string, options: KeyboardEventInit = {}): Promise<void> {
  const target = document.activeElement ?? document.body;
  await act(() => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  });
  await settle();
}

export async function click(element: Element | null | undefined): Promise<void> {
  if (!element) throw new Error("nothing to click on");
  await act(() => {
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  });
  await settle();
}

export async function type(field: Element | null | undefined, text: string): Promise<void> {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) throw new Error("no field");
  await act(() => {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await settle();
}
