import DOMPurify, { type Config } from 'dompurify';

/**
 * The second wall. What reaches it was made by our own renderer; should that ever let something through, only these
 * elements and attributes remain: none that runs, loads, embeds, styles or is submitted.
 */
const ALLOWED: Config = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code', 'div', 'span', 'a'],
    ...['ul', 'ol', 'li', 'strong', 'em', 'del', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'input'],
  ],
  ALLOWED_ATTR: ['href', 'target', 'rel', 'class', 'start', 'type', 'checked', 'disabled', 'align', 'tabindex'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
};

const CLASSES: ReadonlySet<string> = new Set(['link-host', 'picture', 'scroll']);

/** A sanitiser for a window; several may exist beside each other. */
export function createSanitiser(window: Window & typeof globalThis): (html: string) => string {
  const purify = DOMPurify(window);
  purify.addHook('afterSanitizeAttributes', (element) => {
    const known = [...element.classList].filter((name) => CLASSES.has(name));
    if (known.length > 0) element.className = known.join(' ');
    else element.removeAttribute('class');
    if (element.tagName === 'INPUT') {
      element.setAttribute('type', 'checkbox');
      element.setAttribute('disabled', '');
    }
    if (element.tagName === 'A') {
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer');
    }
  });
  return (html) => purify.sanitize(html, ALLOWED);
}
