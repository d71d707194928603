/** How many frames a closing dialog is waited for. */
const FRAMES = 60;

let visited = false;

/** Moves the focus to a page's title after a navigation, so that it is read out; the first page leaves it to the browser. */
export function titled(heading: HTMLElement): void {
  if (visited) focusWhenClear(heading, FRAMES);
  visited = true;
}

/** A dialog that led here gives the focus back while it closes: the title takes it afterwards. */
function focusWhenClear(heading: HTMLElement, frames: number): void {
  requestAnimationFrame(() => {
    if (!heading.isConnected) return;
    if (document.querySelector('[role="dialog"]') === null) focusUnlessTaken(heading);
    else if (frames > 0) focusWhenClear(heading, frames - 1);
  });
}

/** A page may have given the focus to its own field meanwhile. */
function focusUnlessTaken(heading: HTMLElement): void {
  const main = heading.closest('main');
  if (main?.contains(document.activeElement) && document.activeElement !== main) return;
  heading.focus({ preventScroll: true });
}
