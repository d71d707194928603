/**
 * What runs first in a view's frame. It is text, since it is sent and hashed as it stands. It waits for the one message of the
 * page around it, which brings the view and a port; puts the view's elements in place; and runs its scripts, in order.
 *
 * Peer connections are taken away at once: they reach other machines, and no content security policy covers them.
 */
export const VIEW_SCRIPT = `
{
  const root = globalThis;
  for (const name of Object.getOwnPropertyNames(root)) if (name.includes('RTC')) delete root[name];
  const run = root.eval;
  const waiting = new Map();
  const listeners = new Set();
  let port;
  let surroundings = { locale: 'en', dark: false, colors: {} };
  let lastId = 0;

  const dress = (next) => {
    surroundings = Object.freeze({ ...next, colors: Object.freeze({ ...next.colors }) });
    const { style } = document.documentElement;
    document.documentElement.lang = surroundings.locale;
    style.colorScheme = surroundings.dark ? 'dark' : 'light';
    for (const [name, color] of Object.entries(surroundings.colors)) style.setProperty('--aico-' + name, color);
  };

  const hear = ({ data }) => {
    const message = JSON.parse(data);
    if (message.surroundings !== undefined) {
      dress(message.surroundings);
      for (const listener of listeners) listener(surroundings);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (asked === undefined) return;
    if (message.error === undefined) asked.resolve(message.data);
    else asked.reject(Object.assign(new Error(message.error.message), message.error));
  };

  const isCode = ({ type }) => type === '' || /^(text|application)\\/javascript$/i.test(type);

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const scripts = [...page.scripts].filter(isCode);
    for (const script of scripts) script.remove();
    document.title = page.title;
    for (const { name, value } of page.body.attributes) document.body.setAttribute(name, value);
    document.head.append(...page.head.childNodes);
    document.body.append(...page.body.childNodes);
    for (const script of scripts) run(script.textContent);
  };

  const begin = ({ source, data, ports }) => {
    if (source !== root.parent || ports.length !== 1) return;
    root.removeEventListener('message', begin);
    port = ports[0];
    port.onmessage = hear;
    const { view, html, surroundings: first } = data;
    dress(first);
    const aico = {
      view,
      get surroundings() {
        return surroundings;
      },
      ask: (name, data) =>
        new Promise((resolve, reject) => {
          const id = ++lastId;
          waiting.set(id, { resolve, reject });
          port.postMessage(JSON.stringify({ id, name, data }));
        }),
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    Object.defineProperty(root, 'aico', { value: Object.freeze(aico), enumerable: true });
    show(html);
  };
  root.addEventListener('message', begin);
}
`;
