import { getContext, setContext } from 'svelte';
import { Activity } from '../activity/activity.svelte.ts';
import { toApiError } from '../api/api-error.ts';
import { type LinkState, LiveSocket, type Verdict } from '../api/live-socket.ts';
import { SessionClient } from '../api/session-client.ts';
import { Words } from '../i18n/words.svelte.ts';
import { forgetRendered, loadRenderer } from '../markdown/load-renderer.ts';
import { Models } from '../models/models.svelte.ts';
import { Plugins } from '../plugins/plugins.svelte.ts';
import { Router } from '../router/router.svelte.ts';
import { RecoveryCode } from '../session/recovery-code.svelte.ts';
import { SessionState } from '../session/session-state.svelte.ts';
import { Commands } from '../talk/commands.svelte.ts';
import { Talk } from '../talk/talk.svelte.ts';
import { Announcer } from './announcer.svelte.ts';
import { Overlays } from './overlays.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Presence } from './presence.ts';
import { Toasts } from './toasts.svelte.ts';

const ANNOUNCED_LENGTH = 400;

/** Everything that views share; made once, here, and handed down by context. */
export class App {
  readonly preferences: Preferences = new Preferences();
  readonly words: Words = new Words();
  readonly router: Router = new Router();
  readonly toasts: Toasts = new Toasts();
  readonly announcer: Announcer = new Announcer();
  readonly overlays: Overlays = new Overlays();
  readonly session: SessionState;
  readonly socket: LiveSocket;
  readonly talk: Talk;
  readonly commands: Commands;
  readonly models: Models;
  readonly plugins: Plugins;
  readonly activity: Activity;
  readonly recovery: RecoveryCode;
  #link = $state<LinkState>('closed');

  constructor() {
    const client = new SessionClient((...request) => fetch(...request));
    this.session = new SessionState(client, () => this.#signedOut());
    const presence = new Presence({
      page: window,
      now: () => performance.now(),
      wasTouched: () => navigator.userActivation.isActive,
    });
    this.socket = new LiveSocket({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/ws`,
      beforeReconnect: () => this.#mayReconnect(),
      onState: (state) => this.#linkChanged(state),
      isAttended: () => presence.isThere,
    });
    this.talk = new Talk(this.socket, () => this.#link === 'open', {
      replyBegan: () => this.announcer.say(this.words.t('announce.began')),
      replyEnded: ({ status, text }) => {
        const said = text.slice(0, ANNOUNCED_LENGTH);
        this.announcer.say(
          status === 'failed' ? this.words.t('announce.failed') : this.words.t('announce.ended', { text: said }),
        );
      },
    });
    this.commands = new Commands(this.socket);
    this.models = new Models(this.socket);
    this.plugins = new Plugins(this.socket, this.words);
    this.activity = new Activity(this.socket);
    this.recovery = new RecoveryCode(this.socket);
    this.socket.subscribe('vault.state.changed.v1', ({ state }) => {
      if (state !== 'unlocked') this.session.markLocked();
    });
  }

  /** Whether AICO answers. */
  get link(): LinkState {
    return this.#link;
  }

  /** Asks where things stand and, when signed in, connects. */
  async begin(): Promise<void> {
    await this.session.refresh();
    this.connect();
  }

  /** Connects once the session allows it. */
  connect(): void {
    if (this.session.phase === 'signedIn') this.socket.start();
  }

  async lock(): Promise<void> {
    try {
      await this.socket.request('vault.lock.run.v1', {});
    } catch (error) {
      // Locking ends the session, and the socket with it, often before the answer is through.
      if ((await this.session.refresh()) === 'locked') return;
      this.toasts.show({ text: this.words.error(toApiError(error).report).message, tone: 'bad' });
      return;
    }
    this.session.markLocked();
  }

  /** Of what was said or read nothing stays in the page; what was being written waits in memory, shown nowhere. */
  #signedOut(): void {
    this.socket.stop();
    this.recovery.forget();
    this.talk.lock();
    forgetRendered();
    const others = [
      this.announcer,
      this.toasts,
      this.overlays,
      this.commands,
      this.models,
      this.plugins,
      this.activity,
    ];
    for (const other of others) other.clear();
    // It may name the conversation until the next page has one of its own.
    document.title = 'AICO';
  }

  async #mayReconnect(): Promise<Verdict> {
    const phase = await this.session.refresh();
    if (phase === 'away') return 'wait';
    return phase === 'signedIn' ? 'connect' : 'stop';
  }

  #linkChanged(state: LinkState): void {
    const before = this.#link;
    this.#link = state;
    if (state === 'away' && before === 'open') this.activity.noteLink(false);
    if (state !== 'open') return;
    if (before === 'away') {
      this.activity.noteLink(true);
      this.announcer.say(this.words.t('link.back'));
    }
    void loadRenderer(this.words);
    void this.models.load();
    void this.commands.load();
    // A plugin may ask for something at any time, whatever page is on show.
    void this.plugins.load();
    void this.talk.resume();
  }
}

const APP = Symbol('app');

export function provideApp(app: App): void {
  setContext(APP, app);
}

/** The app, inside any component. */
export function useApp(): App {
  return getContext<App>(APP);
}
