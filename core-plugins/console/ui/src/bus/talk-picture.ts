import type { BusFlow } from '@aico/sdk';
import { layOutSpokes, type Spoke } from '../activity/traffic-layout.ts';

/** A line of the picture: all that two peers said to each other. */
export interface Tie {
  readonly one: string;
  readonly other: string;
  readonly messages: number;
  /** SVG path, bent towards the middle so that lines between neighbours do not run along the edge. */
  readonly path: string;
  readonly width: number;
}

export interface TalkPicture {
  readonly nodes: readonly Spoke[];
  readonly ties: readonly Tie[];
}

const THINNEST = 1;
const THICKEST = 7;
const BEND = 0.35;

/** How many spoke. */
export function countPeers(flows: readonly BusFlow[]): number {
  return new Set(flows.flatMap(({ sender, receiver }) => [sender, receiver])).size;
}

/** Everybody who spoke, on an ellipse, and a line for each two who did; widths follow the logarithm of what was said. */
export function layOutTalk(flows: readonly BusFlow[], radiusX: number, radiusY: number): TalkPicture {
  const said = new Map<string, { one: string; other: string; messages: number }>();
  const spoken = new Map<string, number>();
  for (const { sender, receiver, messages } of flows) {
    for (const id of [sender, receiver]) spoken.set(id, (spoken.get(id) ?? 0) + messages);
    if (sender === receiver) continue;
    const [one = '', other = ''] = [sender, receiver].sort();
    const pair = said.get(`${one} ${other}`) ?? { one, other, messages: 0 };
    pair.messages += messages;
    said.set(`${one} ${other}`, pair);
  }
  const everybody = [...spoken].map(([id, messages]) => ({ id, messages })).sort((a, b) => a.id.localeCompare(b.id));
  const nodes = layOutSpokes(everybody, radiusX, radiusY);
  const places = new Map(nodes.map((node) => [node.id, node]));
  const most = Math.max(1, ...[...said.values()].map(({ messages }) => Math.log1p(messages)));
  const ties = [...said.values()]
    .sort((a, b) => b.messages - a.messages)
    .map((pair) => ({
      ...pair,
      path: pathBetween(places.get(pair.one), places.get(pair.other)),
      width: THINNEST + (Math.log1p(pair.messages) / most) * (THICKEST - THINNEST),
    }));
  return { nodes, ties };
}

function pathBetween(from: Spoke | undefined, to: Spoke | undefined): string {
  if (from === undefined || to === undefined) return '';
  const bend = [from.x + to.x, from.y + to.y].map((sum) => Math.round(sum * 0.5 * BEND * 10) / 10);
  return `M${from.x} ${from.y}Q${bend.join(' ')} ${to.x} ${to.y}`;
}
