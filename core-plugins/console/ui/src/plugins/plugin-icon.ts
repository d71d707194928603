import Archive from '@lucide/svelte/icons/archive';
import BellRing from '@lucide/svelte/icons/bell-ring';
import Bomb from '@lucide/svelte/icons/bomb';
import BookHeart from '@lucide/svelte/icons/book-heart';
import Boxes from '@lucide/svelte/icons/boxes';
import Brain from '@lucide/svelte/icons/brain';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import CloudSun from '@lucide/svelte/icons/cloud-sun';
import Database from '@lucide/svelte/icons/database';
import DatabaseZap from '@lucide/svelte/icons/database-zap';
import Dices from '@lucide/svelte/icons/dices';
import DoorOpen from '@lucide/svelte/icons/door-open';
import FileOutput from '@lucide/svelte/icons/file-output';
import FolderLock from '@lucide/svelte/icons/folder-lock';
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
import UserLock from '@lucide/svelte/icons/user-lock';
import Waypoints from '@lucide/svelte/icons/waypoints';
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
  ['analytics', ChartPie],
  ['audit', ClipboardList],
  ['backup', Archive],
  ['export', FileOutput],
  ['privacy', UserLock],
  ['scheduler', CalendarClock],
  ['vault-folder', FolderLock],
  ['chroma', Waypoints],
  ['chroma-server', Boxes],
  ['rocksdb', DatabaseZap],
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
