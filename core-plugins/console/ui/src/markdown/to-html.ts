import { Marked, Renderer, type Token, type Tokens } from 'marked';
import { parseTarget } from './link.ts';

/** Words that end up inside a message. */
export interface MarkdownWords {
  /** What stands in for a picture that is not loaded; `host` is undefined when its address cannot be read. */
  picture(host: string | undefined): string;
}

/** Markdown as HTML without any of the author's own HTML and without anything that loads by itself. */
export function createMarkdown(words: MarkdownWords): {
  /** The top-level blocks of a text, in order. */
  blocks(text: string): Token[];
  html(block: Token): string;
} {
  const marked = new Marked({ gfm: true, breaks: true });
  marked.use({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ href, text }) => picture(href, text, words),
      link(token) {
        return link(token, this.parser.parseInline(token.tokens));
      },
      code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`,
      // A wide table scrolls by itself instead of the page.
      table(token) {
        return `<div class="scroll" tabindex="0">${Renderer.prototype.table.call(this, token)}</div>`;
      },
    },
  });
  return {
    blocks: (text) => marked.lexer(text).filter(({ type }) => type !== 'space'),
    html: (block) => marked.parser([block]),
  };
}

function link(token: Tokens.Link, inner: string): string {
  const target = parseTarget(token.href);
  if (!target) return inner;
  const shown = token.text.includes(target.place) ? '' : `<span class="link-host">(${escapeHtml(target.place)})</span>`;
  return `<a href="${escapeHtml(target.href)}" target="_blank" rel="noopener noreferrer">${inner}</a>${shown}`;
}

function picture(address: string, description: string, words: MarkdownWords): string {
  const target = parseTarget(address);
  const label = escapeHtml([description, words.picture(target?.place)].filter((text) => text !== '').join(' · '));
  if (!target) return `<span class="picture">${label}</span>`;
  return `<a class="picture" href="${escapeHtml(target.href)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
