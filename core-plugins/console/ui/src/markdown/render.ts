import { createSanitiser } from './sanitise.ts';
import { createMarkdown, type MarkdownWords } from './to-html.ts';

const KEPT_BLOCKS = 600;

/** Renders Markdown block by block. A block that did not change is not rendered again, so that a long reply stays cheap. */
export function createRenderer(words: MarkdownWords): (text: string) => string[] {
  const markdown = createMarkdown(words);
  const sanitise = createSanitiser(window);
  const known = new Map<string, string>();
  return (text) => {
    if (known.size > KEPT_BLOCKS) known.clear();
    return markdown.blocks(text).map((block) => {
      const html = known.get(block.raw) ?? sanitise(markdown.html(block));
      known.set(block.raw, html);
      return html;
    });
  };
}
