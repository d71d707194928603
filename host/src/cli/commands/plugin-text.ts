import type { PluginErased, PluginInfo, PluginUpdate, Pressure } from '@aico/schemas';
import { printableData } from '../../printable.ts';
import { errorText, paint } from '../error-text.ts';
import { table } from '../table.ts';
import { byteSize } from './backup-text.ts';
import { metricsText } from './metrics-text.ts';

/** From then on a grant is offered for removal. */
const UNUSED_AFTER_DAYS = 30;

/** One sign for how a plugin does. */
export function stateMark({ state, enabled, error }: PluginInfo, colors: boolean): string {
  if (error !== undefined) return paint('red', '✗', colors);
  if (state === 'active') return paint('green', '●', colors);
  if (state === 'suspended') return paint('green', '◌', colors);
  return enabled ? paint('yellow', '○', colors) : paint('dim', '·', colors);
}

/** The plugins, one to a line. */
export function pluginListText(plugins: readonly PluginInfo[], colors: boolean): string {
  return table(
    plugins
      .map(printableData)
      .map((plugin) => [
        `${stateMark(plugin, colors)} ${plugin.id}`,
        plugin.version,
        plugin.state,
        plugin.tier,
        plugin.error?.message ?? plugin.description,
      ]),
  );
}

/** All about one plugin. */
export function pluginInfoText(info: PluginInfo, colors: boolean): string {
  const plugin = printableData(info);
  const { id, name, version, description, author, signer, tier, state, enabled, required, usage, traffic } = plugin;
  const may = required ? ', required' : '';
  const facts = [
    ['id', id],
    ['author', `${author}, signed by ${signer}`],
    [
      'state',
      `${state === 'suspended' ? 'suspended (sleeping, wakes when needed)' : state}${enabled ? '' : ', switched off'}${may}`,
    ],
    ['tier', tier],
    ['confined by', names(plugin.confinement.filter(({ on }) => on))],
    ['but without', names(plugin.confinement.filter(({ on }) => !on))],
    ['uses', usage === undefined ? '' : `${usage.memoryMb.toFixed(0)} MB, ${usage.cpuPercent.toFixed(1)} % of a core`],
    ['presses on', pressureText(plugin.pressure)],
    ['messages', `${traffic.sent} sent, ${traffic.received} received, ${traffic.violations} refused`],
    ['waits for', plugin.waitingFor?.join(', ') ?? ''],
  ].filter(([, value]) => value !== '');
  const permissions = plugin.permissions.map((each) => permissionText(each, colors));
  const update = plugin.update === undefined ? '' : `\n${updateText(plugin.update, id, colors)}`;
  const failure = plugin.error === undefined ? '' : `\n${errorText(plugin.error, colors)}`;
  const setAside = state === 'quarantined' ? `\n${setAsideText(plugin)}` : '';
  const title = `${paint('bold', name, colors)} ${version}\n${description}\n\n`;
  const metrics = metricsText(plugin.metrics);
  const counts = metrics === '' ? '' : `\n${metrics}`;
  return `${title}${table(facts)}\nIt may:\n${permissions.join('') || '  nothing\n'}${counts}${update}${failure}${setAside}`;
}

/** That it does not come back by itself, whatever its user changes, and how it does. */
export function setAsideText({ id, name }: Pick<PluginInfo, 'id' | 'name'>): string {
  return `${name} is set aside, for it failed again and again. Start it again with: aico plugin enable ${id}\n`;
}

/** What each resource is called in a sentence. */
const RESOURCES: Readonly<Record<Pressure['resource'], string>> = {
  memory: 'memory, in MB',
  cpu: 'processor time, in ms a second',
  storage: 'stored data, in MB',
  messages: 'messages a second',
  bytes: 'bytes a second',
  logs: 'log lines a minute',
  'message-size': 'the largest message, in bytes',
  queue: 'messages that wait for it',
  'queue-bytes': 'bytes that wait for it',
  subscriptions: 'subscriptions at a time',
};

/** What is refused or lost beyond its limit; what is beyond the others waits or is slowed down. */
const REFUSED: ReadonlySet<Pressure['resource']> = new Set([
  'storage',
  'message-size',
  'queue',
  'queue-bytes',
  'subscriptions',
]);

/** What it is near to or held at, why its user may see it fail soon, and how they let it use more. */
function pressureText(pressure: readonly Pressure[] = []): string {
  return pressure
    .map(({ id, resource, step, used, limit }) => {
      const over = REFUSED.has(resource) ? 'refused or lost beyond it' : 'held at its limit';
      const held = step === 'throttled' ? over : 'will be ended beyond it';
      const raise = `aico plugin limit ${id} ${resource}=<number>`;
      return `${RESOURCES[resource]}: ${Math.round(used)} of ${limit} (${held}); raise it with: ${raise}`;
    })
    .join('; ');
}

/** One permission: whether it is granted, what it means, why, and what speaks against it. */
function permissionText(
  { words, granted, permission, asked, risk, unusedDays = 0, choices = [] }: PluginInfo['permissions'][number],
  colors: boolean,
): string {
  const sign = granted ? paint('green', '✓', colors) : paint('dim', '–', colors);
  const refused = choices.filter((choice) => granted && !choice.granted).map((choice) => choice.words);
  const notes = [
    asked === true ? 'asks for it now' : '',
    risk === 'high' ? 'look twice' : '',
    refused.length > 0 ? `without ${refused.join(', ')}` : '',
    unusedDays >= UNUSED_AFTER_DAYS ? `not used for ${unusedDays} days` : '',
  ].filter((note) => note !== '');
  const noted = notes.length === 0 ? '' : ` ${paint('yellow', `(${notes.join('; ')})`, colors)}`;
  const { verb, topic, reason } = permission;
  return `  ${sign} ${words}${noted}\n    ${paint('dim', `${verb} ${topic}: ${reason}`, colors)}\n`;
}

/** What more each part of a newer version asks. */
export const ALSO: Readonly<Record<PluginUpdate['also'][number], string>> = {
  tier: 'to leave the sandbox',
  process: 'other files, addresses or packages for its process',
  dependencies: 'other plugins',
  quota: 'more memory, processor time or messages',
};

function updateText({ version, permissions, also }: PluginUpdate, id: string, colors: boolean): string {
  const wishes = [
    ...permissions.map(({ words, permission }) => `${words}: ${permission.reason}`),
    ...also.map((what) => ALSO[what]),
  ];
  const list = wishes.map((wish) => `  ${paint('yellow', '+', colors)} ${wish}\n`).join('');
  const answer = `Take it with: aico plugin update ${id}\nLeave it with: aico plugin update ${id} --decline`;
  return `Version ${version} is here and asks for more:\n${list}${answer}\n`;
}

function names(layers: PluginInfo['confinement']): string {
  return layers.map(({ name, why }) => (why === undefined ? name : `"${name}" (${why})`)).join(', ');
}

/**
 * What became of a plugin that was removed, and of what it kept.
 * @param wasThere whether it was installed until now
 */
export function uninstalledText(gone: { readonly id: string } & Partial<PluginErased>, wasThere: boolean): string {
  const { id, bytes, files = 0, schedules = 0, secrets = 0, backups } = gone;
  if (bytes === undefined)
    return `${id} is removed. What it stored stays until you delete it: aico plugin uninstall ${id} --data`;
  const parts = [
    ...(bytes === 0 ? [] : [byteSize(bytes)]),
    ...(files === 0 ? [] : [`files: ${files}`]),
    ...(schedules === 0 ? [] : [`kept for later: ${schedules}`]),
    ...(secrets === 0 ? [] : [`secrets: ${secrets}`]),
  ];
  const what = parts.length === 0 ? 'It had stored nothing.' : `What it stored is deleted (${parts.join(', ')}).`;
  const held =
    backups === undefined
      ? ' Backups cannot be listed now; those from before may hold it until they are removed for their age.'
      : ` Backups from before hold it until they are removed for their age: ${backups}.`;
  return `${id} ${wasThere ? 'is removed' : 'is not installed'}. ${what}${parts.length === 0 || backups === 0 ? '' : held}`;
}
