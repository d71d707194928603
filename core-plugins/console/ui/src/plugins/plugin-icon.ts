import BellRing from '@lucide/svelte/icons/bell-ring';
import Bomb from '@lucide/svelte/icons/bomb';
import BookHeart from '@lucide/svelte/icons/book-heart';
import Brain from '@lucide/svelte/icons/brain';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import CloudSun from '@lucide/svelte/icons/cloud-sun';
import Database from '@lucide/svelte/icons/database';
import Dices from '@lucide/svelte/icons/dices';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Globe from '@lucide/svelte/icons/globe';
import KeyRound from '@lucide/svelte/icons/key-round';
import Languages from '@lucide/svelte/icons/languages';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Palette from '@lucide/svelte/icons/palette';
import PanelsTopLeft from '@lucide/svelte/icons/panels-top-left';
import Puzzle from '@lucide/svelte/icons/puzzle';
import Rss from '@lucide/svelte/icons/rss';
import Ruler from '@lucide/svelte/icons/ruler';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Timer from '@lucide/svelte/icons/timer';
import type { Component } from 'svelte';
import type { ClassValue } from 'svelte/elements';

export type Icon = Component<{ size?: number; class?: ClassValue; 'aria-hidden'?: 'true' }>;

/** Pictures for the plugins that come along; a stranger's gets the puzzle piece. */
const ICONS: ReadonlyMap<string, Icon> = new Map<string, Icon>([
  ['vault', KeyRound],
  ['storage', Database],
  ['gateway', DoorOpen],
  ['llm', Brain],
  ['memory', BookHeart],
  ['chat', MessageCircle],
  ['console', PanelsTopLeft],
  ['journal', ScrollText],
  ['network', Globe],
  ['dice', Dices],
  ['diary', NotebookPen],
  ['weather', CloudSun],
  ['crash-test', Bomb],
  ['feeds', Rss],
  ['habits', ChartColumn],
  ['mood', Palette],
  ['notes', StickyNote],
  ['pomodoro', Timer],
  ['reminders', BellRing],
  ['translator', Languages],
  ['units', Ruler],
]);

export function pluginIcon(id: string): Icon {
  return ICONS.get(id) ?? Puzzle;
}
