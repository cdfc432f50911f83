/**
 * Put the text of an element into the clipboard.
 *
 * Browsers allow it over https and on the same machine only; elsewhere the text is
 * selected, so that the user can copy it. Returns whether it was copied.
 */
export async function copyText(element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return false;
  }
}
