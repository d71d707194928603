import type { ExportedConversation, ExportedFile, ExportedMessage } from '@aico/sdk';
import { safeName } from '../attached-files.ts';
import type { Output } from '../output.ts';
import type { Sink } from './sink.ts';

type Data = Readonly<Record<string, unknown>>;

const MEMORIES = 'markdown/memories.md';
const SPEAKERS = { user: 'You', companion: 'Companion', plugin: 'Plugin' } as const;

/** To be read: one file for each conversation, one for all memories, and one for what else of a kind has a time and a text. */
export class Markdown implements Sink {
  readonly #output: Output;
  /** Where the conversation goes that is being written. */
  #conversation: string | undefined;
  #count = 0;
  /** Of each file of dated texts the day that was written last. */
  readonly #days = new Map<string, string>();

  constructor(output: Output) {
    this.#output = output;
  }

  async add(plugin: string, kind: string, data: Data): Promise<void> {
    if (plugin === 'chat' && kind === 'conversations') await this.#begin(data as unknown as ExportedConversation);
    if (plugin === 'chat' && kind === 'messages') await this.#message(data as unknown as ExportedMessage);
    const { when, text } = data;
    if (plugin === 'chat' || typeof when !== 'string' || typeof text !== 'string') return;
    if (plugin === 'memory') await this.#dated(MEMORIES, 'Memories', when, inLine(text));
    else await this.#dated(`markdown/${plugin}-${kind}.md`, `${plugin}: ${kind}`, when, indented(text));
  }

  async end(): Promise<void> {
    if (this.#conversation !== undefined) await this.#output.end(this.#conversation);
    for (const path of this.#days.keys()) await this.#output.end(path);
  }

  /** A conversation's messages follow it. */
  async #begin({ title, createdAt }: ExportedConversation): Promise<void> {
    if (this.#conversation !== undefined) await this.#output.end(this.#conversation);
    this.#count += 1;
    const name = `${createdAt.slice(0, 10)}-${safeName(title.replaceAll('.', ' '), 'untitled')}`;
    this.#conversation = `markdown/conversations/${String(this.#count).padStart(5, '0')}-${name}.md`;
    await this.#output.write(this.#conversation, `# ${inLine(title)}\n\nBegun ${moment(createdAt)}\n`);
  }

  async #message({ role, plugin, text, status, createdAt, attachments = [] }: ExportedMessage): Promise<void> {
    if (this.#conversation === undefined) return;
    const speaker = role === 'plugin' && plugin !== undefined ? plugin : SPEAKERS[role];
    const ending = status === 'complete' ? '' : ` (${status})`;
    const parts = [`## ${speaker}, ${moment(createdAt)}${ending}`, text, ...attachments.map(fileLine)];
    await this.#output.write(this.#conversation, `\n${parts.filter((part) => part !== '').join('\n\n')}\n`);
  }

  async #dated(path: string, title: string, when: string, text: string): Promise<void> {
    const day = when.slice(0, 10);
    const before = this.#days.get(path);
    const heading = before === undefined ? `# ${title}\n` : '';
    const dated = day === before ? '' : `\n## ${day}\n\n`;
    this.#days.set(path, day);
    await this.#output.write(path, `${heading}${dated}- ${text}\n`);
  }
}

function fileLine({ file, name, type }: ExportedFile): string {
  const label = `${name} (${type})`.replace(/[\\[\]]/g, '\\$&');
  if (file === undefined) return `File: ${label}, not there any more`;
  return `File: [${label}](../../${file})`;
}

/** As one item of a list. */
function indented(text: string): string {
  return text.trim().replaceAll('\n', '\n  ');
}

function inLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
