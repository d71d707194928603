import BookHeart from '@lucide/svelte/icons/book-heart';
import Brain from '@lucide/svelte/icons/brain';
import Cpu from '@lucide/svelte/icons/cpu';
import Database from '@lucide/svelte/icons/database';
import Globe from '@lucide/svelte/icons/globe';
import KeyRound from '@lucide/svelte/icons/key-round';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Puzzle from '@lucide/svelte/icons/puzzle';
import Waypoints from '@lucide/svelte/icons/waypoints';
import type { Icon } from './plugin-icon.ts';

/** Pictures for what a permission touches: the first token of its topic. */
const AREAS: ReadonlyMap<string, Icon> = new Map<string, Icon>([
  ['chat', MessageCircle],
  ['kernel', Cpu],
  ['llm', Brain],
  ['memory', BookHeart],
  ['net', Globe],
  ['plugin', Puzzle],
  ['storage', Database],
  ['vault', KeyRound],
]);

export function permissionIcon(topic: string): Icon {
  return AREAS.get(topic.split('.')[0] ?? '') ?? Waypoints;
}
