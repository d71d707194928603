/** Repeats `work` every so often while the page is in sight; never two at a time. Returns its undo. */
export function everyWhile(milliseconds: number, work: () => Promise<void>): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running || document.visibilityState !== 'visible') return;
    running = true;
    void work().finally(() => {
      running = false;
    });
  }, milliseconds);
  return () => clearInterval(timer);
}
