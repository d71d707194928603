/** What it can be told to do, with what becomes of it. */
export const MISCHIEF: Readonly<Record<string, string>> = {
  loop: 'computes for ever; AICO ends it and starts it again, and after three times sets it aside',
  memory: 'fills its memory; AICO ends it as well',
  hang: 'never answers; the chat stops waiting after half a minute, and everything else goes on',
  throw: 'fails once; the chat shows an error, and nothing else happens',
  reach: 'tries files, network, processes and what belongs to others; each is refused',
};

/** What somebody who types `/crash` alone reads, Markdown. */
export function describeMischief(): string {
  const lines = Object.entries(MISCHIEF).map(([name, words]) => `- \`/crash ${name}\`: ${words}`);
  return `I misbehave when you tell me to, so that you can see what becomes of it:\n\n${lines.join('\n')}`;
}

/** Never comes back. */
export function loop(): never {
  for (;;);
}

/** Never comes back. */
export function fillMemory(): never {
  const hoard: number[][] = [];
  for (;;) hoard.push(new Array<number>(1_000_000).fill(hoard.length));
}
