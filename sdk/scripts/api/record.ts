import type { Declarations } from './declarations.ts';

/** A record that people read in a review: one heading and one block of declarations to each module. */
export interface ApiRecord {
  readonly title: string;
  readonly about: string;
  readonly modules: Declarations;
}

export function renderRecord({ title, about, modules }: ApiRecord): string {
  const blocks = [...modules].map(([name, text]) => `## ${name}\n\n\`\`\`ts\n${text}\n\`\`\`\n`);
  return `# ${title}\n\n${about}\n\n${blocks.join('\n')}`;
}

export function parseRecord(text: string): ApiRecord {
  const [, title = '', about = ''] = /^# (.*)\n\n(.*)\n/.exec(text) ?? [];
  const blocks = text.matchAll(/^## (\S+)\n\n```ts\n([\s\S]*?)\n```$/gm);
  return { title, about, modules: new Map([...blocks].map(([, name = '', block = '']) => [name, block])) };
}
