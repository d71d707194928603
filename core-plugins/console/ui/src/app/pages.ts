import Activity from '@lucide/svelte/icons/activity';
import BookHeart from '@lucide/svelte/icons/book-heart';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Puzzle from '@lucide/svelte/icons/puzzle';
import Settings from '@lucide/svelte/icons/settings-2';
import type { Component } from 'svelte';
import type { PhraseKey } from '../i18n/en.ts';
import { ACTIVITY_PAGES, type Route, SETTINGS_PAGES } from '../router/routes.ts';

/** A page of the main navigation. */
export interface Page {
  readonly route: Route;
  readonly href: string;
  readonly label: PhraseKey;
  readonly icon: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
}

/** The main navigation, in order. */
export const PAGES: readonly Page[] = [
  { route: { name: 'home' }, href: '/', label: 'nav.talk', icon: MessageCircle },
  { route: { name: 'memories' }, href: '/memories', label: 'nav.memories', icon: BookHeart },
  { route: { name: 'plugins' }, href: '/plugins', label: 'nav.plugins', icon: Puzzle },
  { route: { name: 'activity' }, href: '/activity', label: 'nav.activity', icon: Activity },
  { route: { name: 'settings' }, href: '/settings', label: 'nav.settings', icon: Settings },
];

const UNDER_SETTINGS: ReadonlySet<Route['name']> = new Set(SETTINGS_PAGES);
const UNDER_ACTIVITY: ReadonlySet<Route['name']> = new Set(ACTIVITY_PAGES);

/** Whether a page is the one on show. */
export function isCurrent(page: Page, route: Route): boolean {
  if (page.route.name === 'home') return route.name === 'home' || route.name === 'talk';
  if (page.route.name === 'plugins' && (route.name === 'gallery' || route.name === 'view')) return true;
  if (page.route.name === 'settings' && UNDER_SETTINGS.has(route.name)) return true;
  if (page.route.name === 'activity' && UNDER_ACTIVITY.has(route.name)) return true;
  return page.route.name === route.name;
}
