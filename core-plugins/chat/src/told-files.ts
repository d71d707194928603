import type { Attachment, Blobs, ChatMessage } from '@aico/sdk';

/** Text files up to this size are given to the model with the message that they came with. */
const MOST_TEXT_BYTES = 32_768;
const TEXT = /^(text\/.*|application\/(json|xml|yaml|x-yaml|toml|javascript)|.*\+(json|xml))$/;

/** What a model reads of a message: its text, and which files came with it. */
export function toldText({ text, attachments = [] }: ChatMessage): string {
  return [text, ...attachments.map(named)].join('\n\n');
}

/** A message as a model reads it, and the places of the files whose content is in it. */
export interface Told {
  readonly text: string;
  readonly filesRead: number[];
}

/** As `toldText`, with the content of small text files. */
export async function toldWithContent(message: ChatMessage, blobs: Pick<Blobs, 'read'>): Promise<Told> {
  const told = [message.text];
  const filesRead: number[] = [];
  let left = MOST_TEXT_BYTES;
  for (const [place, attachment] of (message.attachments ?? []).entries()) {
    const content = attachment.size <= left ? await contentOf(attachment, blobs) : undefined;
    told.push(content === undefined ? named(attachment) : `${named(attachment)}\n${fenced(content)}`);
    if (content === undefined) continue;
    left -= attachment.size;
    filesRead.push(place);
  }
  return { text: told.join('\n\n'), filesRead };
}

function named({ name, type, size }: Attachment): string {
  return `[Attached file: ${name} (${type}, ${size} bytes)]`;
}

async function contentOf({ id, type, size }: Attachment, blobs: Pick<Blobs, 'read'>): Promise<string | undefined> {
  if (!TEXT.test(type)) return undefined;
  try {
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const piece of blobs.read(id)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    // It is no text, or not there any more: its name is all that can be told.
    return undefined;
  }
}

/** In a fence that the text does not close. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
