/** Every view has a URL; this is the whole list. */
export type Route =
  | { readonly name: 'welcome'; readonly step: WelcomeStep }
  | { readonly name: 'home' }
  | { readonly name: 'talk'; readonly conversation?: string }
  | { readonly name: 'memories' }
  | { readonly name: 'plugins'; readonly plugin?: string }
  | { readonly name: 'view'; readonly plugin: string; readonly view: string }
  | { readonly name: 'gallery' }
  | { readonly name: 'activity' }
  | { readonly name: 'bus' }
  | { readonly name: 'letters' }
  | { readonly name: 'egress' }
  | { readonly name: 'questions' }
  | { readonly name: 'settings' }
  | { readonly name: 'appearance' }
  | { readonly name: 'backups' }
  | { readonly name: 'audit' }
  | { readonly name: 'consents' }
  | { readonly name: 'forget' }
  | { readonly name: 'export' }
  | { readonly name: 'missing'; readonly path: string };

export type WelcomeStep = 'hello' | 'password' | 'recovery' | 'model';

export const ACTIVITY_PAGES = ['bus', 'letters', 'egress', 'questions'] as const;
export const SETTINGS_PAGES = ['appearance', 'backups', 'audit', 'consents', 'forget', 'export'] as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLUGIN_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const STEPS: ReadonlyMap<string | undefined, WelcomeStep> = new Map([
  [undefined, 'hello'],
  ['password', 'password'],
  ['recovery', 'recovery'],
  ['model', 'model'],
]);

/** The route of a path. Ids are checked here, so that nothing else in a URL reaches a request. */
export function parsePath(path: string): Route {
  const [first, second, ...rest] = path.split('/').filter((part) => part !== '');
  const missing: Route = { name: 'missing', path };
  if (first === 'views') {
    const [view, ...more] = rest;
    const isWhole = more.length === 0 && PLUGIN_ID.test(second ?? '') && PLUGIN_ID.test(view ?? '');
    return isWhole ? { name: 'view', plugin: second ?? '', view: view ?? '' } : missing;
  }
  if (rest.length > 0) return missing;
  switch (first) {
    case undefined:
      return { name: 'home' };
    case 'welcome': {
      const step = STEPS.get(second);
      return step ? { name: 'welcome', step } : missing;
    }
    case 'talk':
      if (second === undefined) return { name: 'talk' };
      return UUID.test(second) ? { name: 'talk', conversation: second.toLowerCase() } : missing;
    case 'plugins':
      if (second === undefined) return { name: 'plugins' };
      return PLUGIN_ID.test(second) ? { name: 'plugins', plugin: second } : missing;
    case 'activity':
      if (second === undefined) return { name: 'activity' };
      return isOneOf(ACTIVITY_PAGES, second) ? { name: second } : missing;
    case 'settings':
      if (second === undefined) return { name: 'settings' };
      return isOneOf(SETTINGS_PAGES, second) ? { name: second } : missing;
    case 'gallery':
    case 'memories':
      return second === undefined ? { name: first } : missing;
    default:
      return missing;
  }
}

/** The path of a route; the inverse of parsePath. */
export function pathOf(route: Route): string {
  switch (route.name) {
    case 'home':
      return '/';
    case 'welcome':
      return route.step === 'hello' ? '/welcome' : `/welcome/${route.step}`;
    case 'talk':
      return route.conversation ? `/talk/${route.conversation}` : '/talk';
    case 'plugins':
      return route.plugin ? `/plugins/${route.plugin}` : '/plugins';
    case 'view':
      return `/views/${route.plugin}/${route.view}`;
    case 'bus':
    case 'letters':
    case 'egress':
    case 'questions':
      return `/activity/${route.name}`;
    case 'appearance':
    case 'backups':
    case 'audit':
    case 'consents':
    case 'forget':
    case 'export':
      return `/settings/${route.name}`;
    case 'missing':
      return route.path;
    default:
      return `/${route.name}`;
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
