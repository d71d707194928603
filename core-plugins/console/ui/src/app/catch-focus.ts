/** Takes the focus when what had it is gone. */
export function catchFocus(element: HTMLElement): void {
  if (document.activeElement === document.body) element.focus();
}
