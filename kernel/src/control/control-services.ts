import {
  AicoError,
  type ConditionSet,
  type ConfigGet,
  type ConfigSet,
  type ConfigValues,
  type EndpointAnnounce,
  type GalleryInstall,
  type GalleryPictureAsk,
  isAicoError,
  type Notice,
  type PermissionDecisions,
  type PermissionWish,
  type PluginInfo,
  type PluginInstall,
  type PluginLimits,
  type PluginRef,
  type StopReason,
  type SystemStatus,
  type ThemeSet,
  type UpdateAnswer,
  type ViewRef,
} from '@aico/schemas';
import type { Broker } from '../bus/broker.ts';
import type { LocalRequest } from '../bus/local-services.ts';
import type { Clock, ConfigurationSource, Gallery } from '../contracts/index.ts';
import type { Conditions } from '../lifecycle/conditions.ts';
import type { Consent } from '../lifecycle/consent.ts';
import type { Limits } from '../lifecycle/limits.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import { namesSetting } from '../lifecycle/setting-grants.ts';
import type { Supervisor } from '../lifecycle/supervisor.ts';
import type { Pressures } from '../quota/pressures.ts';
import { noted } from '../trail/noted.ts';
import type { Trail } from '../trail/trail.ts';
import { consentList } from './consent-list.ts';
import { installOffer, listOffers, pictureOf } from './gallery-services.ts';
import { pluginInfo } from './plugin-info.ts';
import { ThemeChoices } from './theme-choices.ts';
import { serveNotices, serveTrail } from './trail-services.ts';
import { viewPage } from './view-page.ts';

/** How long setting a condition waits for those that need it. */
const CONDITION_SETTLE_MS = 3_000;

export interface ControlOptions {
  readonly broker: Broker;
  readonly supervisor: Supervisor;
  readonly consent: Consent;
  readonly limits: Limits;
  readonly pressures: Pressures;
  readonly trail: Trail;
  /** None in a product that came with nothing to install. */
  readonly gallery: Gallery | undefined;
  readonly conditions: Conditions;
  readonly configuration: ConfigurationSource;
  readonly clock: Clock;
  readonly isRequired: (id: string) => boolean;
  readonly isPart: (id: string) => boolean;
  readonly status: () => SystemStatus;
  /** A plugin has something to tell the user. */
  readonly tell: (notice: Notice) => void;
  /** Something shows differently in what is told of a plugin. */
  readonly onChange: (plugin: ManagedPlugin) => void;
  readonly announce: (plugin: string, name: string, url: string) => void;
  readonly requestStop: (reason: string) => void;
}

/** Answers the kernel's own topics. The ACL has already said who may ask. */
export function serveControl(options: ControlOptions): void {
  const { broker, supervisor, consent, trail } = options;
  const themes = new ThemeChoices(options.clock);
  const info = (plugin: ManagedPlugin) => pluginInfo(plugin, consent, { ...options, themes });
  const ref = (request: LocalRequest): string => (request.data as PluginRef).id;

  broker.serveLocal('kernel.plugin.list.v1', () => ({ plugins: [...supervisor.plugins.values()].map(info) }));
  broker.serveLocal('kernel.plugin.get.v1', (request) => {
    const plugin = supervisor.get(ref(request));
    const metrics = plugin.incarnation?.metrics ?? [];
    return metrics.length === 0 ? info(plugin) : { ...info(plugin), metrics };
  });
  broker.serveLocal('kernel.plugin.view.get.v1', (request) =>
    viewPage(supervisor.get(ref(request)), request.data as ViewRef),
  );
  broker.serveLocal('kernel.plugin.enable.v1', async (request) => {
    const [id, by] = [ref(request), request.sender];
    await noted(trail, { kind: 'plugin.enabled', plugin: id, by }, async () => {
      // Begun in one go, so that a wish that comes meanwhile is a later one.
      await Promise.all([consent.agree(id, by), supervisor.enable(id)]);
    });
    return info(supervisor.get(id));
  });
  broker.serveLocal('kernel.plugin.disable.v1', async (request) => {
    const note = { kind: 'plugin.disabled', plugin: ref(request), by: request.sender };
    await noted(trail, note, () => supervisor.disable(ref(request)));
    return info(supervisor.get(ref(request)));
  });
  broker.serveLocal('kernel.plugin.install.v1', async (request) =>
    info(await installed(options, request.sender, () => supervisor.install((request.data as PluginInstall).path))),
  );
  serveGallery(options, info);
  serveTrail(broker, trail);
  serveNotices(broker, options.tell);
  broker.serveLocal('kernel.plugin.update.v1', async ({ data, sender }) => {
    const { id, accept, decisions = [] } = data as UpdateAnswer;
    const answers = consent.answersTo(id, decisions, sender);
    const note = { kind: accept ? 'plugin.updated' : 'update.refused', plugin: id, by: sender };
    const plugin = await noted(trail, note, () => supervisor.answerUpdate(id, accept, answers));
    if (accept) consent.noteAll(plugin, answers);
    return info(plugin);
  });
  broker.serveLocal('kernel.permission.decide.v1', async ({ data, sender }) => {
    const { id, decisions } = data as PermissionDecisions;
    return info(await consent.decide(id, decisions, { how: 'settings', by: sender }));
  });
  broker.serveLocal('kernel.plugin.limit.v1', async ({ data, sender }) => {
    const { id, limits, reset = [] } = data as PluginLimits;
    const details = { names: [...Object.keys(limits), ...reset].join(' ') };
    const note = { kind: 'settings.changed', plugin: id, by: sender, details };
    return info(await noted(trail, note, () => options.limits.set(data as PluginLimits)));
  });
  broker.serveLocal('kernel.consent.list.v1', () => ({
    consents: consentList({ plugins: supervisor.plugins.values(), isPart: options.isPart, now: consent.now() }),
  }));
  broker.serveLocal('kernel.permission.request.v1', async ({ data, sender }) => ({
    granted: await consent.request(sender, data as PermissionWish),
  }));
  broker.serveLocal('kernel.plugin.uninstall.v1', async (request) => {
    const note = { kind: 'plugin.uninstalled', plugin: ref(request), by: request.sender };
    await noted(trail, note, () => supervisor.uninstall(ref(request)));
    themes.drop(ref(request));
    return { id: ref(request) };
  });
  broker.serveLocal('kernel.theme.set.v1', ({ data, sender }) => {
    const plugin = supervisor.get(sender);
    if (themes.choose(plugin, (data as ThemeSet).theme)) options.onChange(plugin);
    return {};
  });
  broker.serveLocal('kernel.status.get.v1', () => options.status());
  broker.serveLocal('kernel.bus.stats.v1', () => broker.stats());
  broker.serveLocal('kernel.condition.set.v1', (request) => setCondition(options, request));
  broker.serveLocal('kernel.endpoint.announce.v1', ({ data, sender }) => {
    const { name, url } = data as EndpointAnnounce;
    options.announce(sender, name, url);
    return {};
  });
  broker.serveLocal('kernel.stop.request.v1', ({ data, sender }) => {
    trail.note({ kind: 'system.stopping', by: sender });
    options.requestStop((data as StopReason).reason);
    return {};
  });
  broker.serveLocal('kernel.config.get.v1', ({ data, sender }) =>
    configValues(options, supervisor.get((data as ConfigGet).id ?? sender)),
  );
  broker.serveLocal('kernel.config.set.v1', async ({ data, sender }) => {
    const { id, values } = data as ConfigSet;
    const plugin = supervisor.get(id);
    const before = configValues(options, plugin).values;
    const details = { names: Object.keys(values).join(' ').slice(0, 500) };
    await noted(trail, { kind: 'settings.changed', plugin: id, by: sender, details }, () =>
      options.configuration.set(id, plugin.manifest?.configuration, values),
    );
    const changed = configValues(options, plugin);
    tellConfiguration(options.configuration, plugin);
    broker.publishLocal('kernel.config.changed.v1', changed);
    if (plugin.manifest?.permissions.some(namesSetting)) {
      plugin.setGrants(supervisor.grantsOf(plugin));
      options.onChange(plugin);
    }
    if (namesOtherFolders(plugin, before, changed.values)) await supervisor.restart(id);
    return changed;
  });
}

function serveGallery(options: ControlOptions, info: (plugin: ManagedPlugin) => PluginInfo): void {
  const { broker, gallery } = options;
  broker.serveLocal('kernel.gallery.list.v1', async () => ({
    offers: gallery === undefined ? [] : await listOffers({ ...options, gallery }),
  }));
  broker.serveLocal('kernel.gallery.picture.v1', ({ data }) => pictureOf(gallery, data as GalleryPictureAsk));
  broker.serveLocal('kernel.gallery.install.v1', async ({ data, sender }) => {
    const wish = data as GalleryInstall;
    if (gallery === undefined) throw new AicoError('KERNEL_OFFER_UNKNOWN', { subject: wish.id });
    return info(await installed(options, sender, () => installOffer({ ...options, gallery }, wish, sender)));
  });
}

/** Notes what was installed, or that it was not. */
async function installed(
  { trail }: ControlOptions,
  by: string,
  install: () => Promise<ManagedPlugin>,
): Promise<ManagedPlugin> {
  try {
    const plugin = await install();
    const { manifest, next, trust } = plugin;
    const { version = '' } = next?.verified.manifest ?? manifest ?? {};
    const details = { version, tier: trust.tier, signer: trust.signer.slice(0, 100), state: plugin.state };
    trail.note({ kind: next === undefined ? 'plugin.installed' : 'update.offered', plugin: plugin.id, by, details });
    return plugin;
  } catch (error) {
    const failed = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
    trail.note({ kind: 'plugin.installed', by, details: { failed } });
    throw error;
  }
}

async function setCondition(options: ControlOptions, { data, sender }: LocalRequest): Promise<unknown> {
  const { name, holds } = data as ConditionSet;
  const declared = options.supervisor.get(sender).manifest?.conditions ?? [];
  if (!declared.includes(name)) {
    throw new AicoError('KERNEL_CONDITION_UNDECLARED', { subject: sender, details: { condition: name } });
  }
  options.conditions.set(name, sender, holds);
  const late = Promise.withResolvers<void>();
  const undo = options.clock.after(CONDITION_SETTLE_MS, late.resolve);
  await Promise.race([options.supervisor.settleNeeding(name), late.promise]);
  undo();
  return {};
}

type Values = ConfigValues['values'];

/** Whether a setting changed that names a folder which the plugin's process may touch. */
function namesOtherFolders({ manifest }: ManagedPlugin, before: Values, after: Values): boolean {
  const names = (manifest?.process?.files ?? []).flatMap(({ path }) => /^\$setting\/(.+)$/.exec(path)?.[1] ?? []);
  return names.some((name) => before[name] !== after[name]);
}

/** Hands a plugin that runs its settings as they are now, with those that nobody else sees. */
export function tellConfiguration(
  configuration: ConfigurationSource,
  { id, manifest, incarnation }: ManagedPlugin,
): void {
  const values = { ...configuration.valuesOf(id, manifest?.configuration) };
  incarnation?.attachment.tell({ type: 'configuration', values });
}

/** A setting that its schema marks `writeOnly` is a secret: whether it has a value shows in the sources alone. */
function withoutSecrets(values: Values, schema: Values | undefined): Values {
  const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, { readonly writeOnly?: boolean }>>;
  return Object.fromEntries(Object.entries(values).filter(([key]) => properties[key]?.writeOnly !== true));
}

function configValues(options: ControlOptions, plugin: ManagedPlugin): ConfigValues {
  const schema = plugin.manifest?.configuration;
  const values = withoutSecrets(options.configuration.valuesOf(plugin.id, schema), schema);
  const sources = { ...options.configuration.sourcesOf(plugin.id) };
  return schema === undefined ? { id: plugin.id, values, sources } : { id: plugin.id, values, sources, schema };
}
