import { parsePath, pathOf, type Route } from './routes.ts';

/** The route in force, kept in step with the browser's history. */
export class Router {
  #route = $state.raw<Route>(parsePath(location.pathname));

  get route(): Route {
    return this.#route;
  }

  go(route: Route, options: { readonly replace?: boolean } = {}): void {
    const path = pathOf(route);
    if (path === location.pathname) return;
    if (options.replace) history.replaceState(undefined, '', path);
    else history.pushState(undefined, '', path);
    this.#route = route;
  }

  /** Follows the browser's buttons and plain clicks on links of this app; returns its undo. */
  listen(): () => void {
    const onPop = (): void => {
      this.#route = parsePath(location.pathname);
    };
    const onClick = (event: MouseEvent): void => {
      const path = innerPath(event);
      if (path === undefined) return;
      event.preventDefault();
      this.go(parsePath(path));
    };
    window.addEventListener('popstate', onPop);
    document.addEventListener('click', onClick);
    return () => {
      window.removeEventListener('popstate', onPop);
      document.removeEventListener('click', onClick);
    };
  }
}

/** The path of a clicked link within the app; undefined when the browser should do as it always does. */
function innerPath(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : undefined;
  if (link?.target !== '' || link.hasAttribute('download')) return undefined;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || url.hash !== '') return undefined;
  return url.pathname;
}
