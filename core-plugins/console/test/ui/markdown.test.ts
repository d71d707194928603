import { describe, expect, test } from 'vitest';
import { parseTarget } from '../../ui/src/markdown/link.ts';
import { createMarkdown } from '../../ui/src/markdown/to-html.ts';

const markdown = createMarkdown({ picture: (host) => `picture from ${host ?? 'nowhere'}` });
const html = (text: string): string => markdown.blocks(text).map(markdown.html).join('');

describe('what a companion writes', () => {
  test('is shown as Markdown', () => {
    expect(html('**bold** and *em*\n\n- one\n- two')).toBe(
      '<p><strong>bold</strong> and <em>em</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n',
    );
  });

  test('falls into blocks, so that only the last one changes while it streams', () => {
    expect(markdown.blocks('One.\n\nTwo.\n\n```\ncode').map(({ type }) => type)).toEqual([
      'paragraph',
      'paragraph',
      'code',
    ]);
  });

  test('keeps its own HTML as text [SEC-8]', () => {
    expect(html('<img src=x onerror=alert(1)> <b>hi</b>')).not.toMatch(/<(img|b)[ >]/);
    expect(html('<script>alert(1)</script>')).toContain('&lt;script&gt;');
  });

  test('never loads a picture: its host is shown, and opening it is the reader’s choice [SEC-8]', () => {
    expect(html('![A map](https://tracker.example/pixel.png?who=me)')).toBe(
      '<p><a class="picture" href="https://tracker.example/pixel.png?who=me" target="_blank" rel="noopener noreferrer">' +
        'A map · picture from tracker.example</a></p>\n',
    );
    expect(html('![x](data:image/png;base64,AAAA)')).toBe(
      '<p><span class="picture">x · picture from nowhere</span></p>\n',
    );
  });

  test('opens links elsewhere without telling from where, and shows where they lead', () => {
    expect(html('[my bank](https://evil.example/login)')).toContain(
      'rel="noopener noreferrer">my bank</a><span class="link-host">(evil.example)</span>',
    );
    expect(html('https://evil.example/login')).not.toContain('link-host');
  });

  test('escapes what stands in code and in descriptions', () => {
    expect(html('```html\n<script>x</script>\n```')).toContain('&lt;script&gt;');
    expect(html('![<b>"](https://a.example/x)')).toContain('&lt;b&gt;&quot;');
  });
});

describe('an address', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'blob:https://a.example/x',
    'about:blank',
    '/relative',
    '//host.example',
    '',
  ])('%j is not opened', (address) => {
    expect(parseTarget(address)).toBeUndefined();
  });

  test('that may be opened is told with its place', () => {
    expect(parseTarget('https://a.example:8443/x')).toEqual({
      href: 'https://a.example:8443/x',
      place: 'a.example:8443',
    });
    expect(parseTarget('mailto:ada@a.example')).toEqual({ href: 'mailto:ada@a.example', place: 'ada@a.example' });
  });

  test('with another name in front of it shows the host that it really leads to', () => {
    expect(parseTarget('https://bank.example@evil.example/')?.place).toBe('evil.example');
  });
});
