let visited = false;

/** Moves the focus to a page's title after a navigation, so that it is read out; the first page leaves it to the browser. */
export function titled(heading: HTMLElement): void {
  const overlaid = document.querySelector('[role="dialog"]') !== null;
  if (visited && !overlaid) heading.focus({ preventScroll: true });
  visited = true;
}
