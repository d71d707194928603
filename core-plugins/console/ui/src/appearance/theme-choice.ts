import type { PluginInfo, ThemeContribution } from '@aico/sdk';

/** Which theme the user chose. Without `theme`, the plugin says which of its own fits. */
export interface ThemeChoice {
  readonly plugin: string;
  readonly theme?: string;
}

type Bringer = Pick<PluginInfo, 'id' | 'name' | 'enabled' | 'state' | 'themes' | 'theme' | 'permissions'>;

/** Nobody vouches for what these bring, or its user has not agreed to it. */
const NOT_AGREED: ReadonlySet<PluginInfo['state']> = new Set([
  'discovered',
  'verifying',
  'rejected',
  'revoked',
  'quarantined',
]);
const ID = /^[a-z][a-z0-9-]{0,39}$/;

/** Plugins whose themes can be chosen now. A theme is data: it needs its plugin to be on, not to run this very moment. */
export function bringersOf<Plugin extends Bringer>(plugins: readonly Plugin[]): Plugin[] {
  return plugins.filter(({ enabled, state, themes = [] }) => enabled && !NOT_AGREED.has(state) && themes.length > 0);
}

/** Whether a plugin may change its theme by itself, for who lets it. */
export function mayChange({ permissions }: Pick<Bringer, 'permissions'>): boolean {
  return permissions.some(({ granted, permission }) => granted && permission.topic === 'kernel.theme.set.v1');
}

/** The theme that a choice comes to; undefined when its plugin is off or gone, or has that theme no more. */
export function themeOf(choice: ThemeChoice | undefined, plugins: readonly Bringer[]): ThemeContribution | undefined {
  const plugin = bringersOf(plugins).find(({ id }) => id === choice?.plugin);
  if (choice === undefined || plugin === undefined) return undefined;
  const { themes = [], theme: says } = plugin;
  if (choice.theme !== undefined) return themes.find(({ id }) => id === choice.theme);
  if (!mayChange(plugin)) return undefined;
  return themes.find(({ id }) => id === says) ?? themes[0];
}

export function isSame(one: ThemeChoice | undefined, other: ThemeChoice | undefined): boolean {
  return one?.plugin === other?.plugin && one?.theme === other?.theme;
}

/** Reads what was kept; undefined for what is none. */
export function parseChoice(text: string | undefined): ThemeChoice | undefined {
  const [plugin = '', theme, ...rest] = (text ?? '').split('/');
  if (!ID.test(plugin) || rest.length > 0) return undefined;
  if (theme === undefined) return { plugin };
  return ID.test(theme) ? { plugin, theme } : undefined;
}

export function formatChoice({ plugin, theme }: ThemeChoice): string {
  return theme === undefined ? plugin : `${plugin}/${theme}`;
}
