import type { TopicContract } from '@aico/sdk/protocol';

/** One operation of the HTTP interface. */
export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly role: 'public' | 'user';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. */
  readonly path: string;
  readonly input?: TopicContract['payload'] | undefined;
  readonly output: TopicContract['reply'];
}

const SESSION = { tag: 'session', path: '/session', output: 'gateway#Session' } as const;

/** What the gateway answers itself, beside what the topic table exposes. */
export const OWN_OPERATIONS: readonly Operation[] = [
  {
    ...SESSION,
    id: 'session.get',
    summary: 'Whether this browser is signed in, and where the vault stands.',
    role: 'public',
    method: 'GET',
  },
  {
    ...SESSION,
    id: 'session.begin',
    summary: 'Unlocks the vault, or checks the password of an open one, and begins a session.',
    role: 'public',
    method: 'POST',
    input: 'vault#VaultSecret',
  },
  {
    ...SESSION,
    id: 'session.recover',
    summary: 'Unlocks the vault by the recovery code, sets a new master password, and begins the only session.',
    role: 'public',
    method: 'POST',
    path: '/session/recovery',
    input: 'vault#RecoveryUnlock',
  },
  { ...SESSION, id: 'session.end', summary: 'Signs out.', role: 'user', method: 'DELETE' },
  {
    id: 'setup.run',
    summary: 'Creates the vault with the first master password and begins a session.',
    tag: 'session',
    role: 'public',
    method: 'POST',
    path: '/setup',
    input: 'vault#VaultSetup',
    output: 'gateway#Session',
  },
  {
    id: 'health.get',
    summary: 'Whether the gateway lives.',
    tag: 'health',
    role: 'public',
    method: 'GET',
    path: '/health',
    output: 'gateway#Health',
  },
  {
    id: 'ready.get',
    summary: 'Whether everything that should run does; status 503 while it does not.',
    tag: 'health',
    role: 'public',
    method: 'GET',
    path: '/ready',
    output: 'gateway#Ready',
  },
];
