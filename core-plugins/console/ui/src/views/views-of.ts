import { isAnswering, type PluginInfo, type ViewContribution } from '@aico/sdk';

/** The views that can be opened now, with the plugin of each. */
export function viewsOf(
  plugins: readonly Pick<PluginInfo, 'id' | 'state' | 'views'>[],
): (ViewContribution & { readonly plugin: string })[] {
  return plugins
    .filter(isAnswering)
    .flatMap(({ id: plugin, views = [] }) => views.map((view) => ({ ...view, plugin })));
}
