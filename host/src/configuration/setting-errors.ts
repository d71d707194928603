import { AicoError } from '@aico/schemas';
import { closest } from 'fastest-levenshtein';
import type { SettingLayer } from './setting-layer.ts';

/** A name that no schema knows, with the nearest that one does. */
export function unknownKey(name: string, source: string, known: readonly string[]): AicoError {
  const nearest = known.length === 0 ? '' : `; the nearest known one is "${closest(name, [...known])}"`;
  return new AicoError('CONFIG_KEY_UNKNOWN', { subject: name.slice(0, 120), details: { source, nearest } });
}

/** A value that its schema refuses. */
export function invalidValue(key: string, source: string, problem: string): AicoError {
  return new AicoError('CONFIG_VALUE_INVALID', { subject: key, details: { source, problem } });
}

/** Errors for everything that a layer gives and nobody knows. `open` names plugins whose settings cannot be known. */
export function unknownNames(layer: SettingLayer, keys: readonly string[], open: readonly string[]): AicoError[] {
  const known = new Set(keys.map((key) => layer.nameOf(key)));
  const prefixes = open.map((id) => layer.nameOf(`plugins.${id}.`));
  return layer.names
    .filter((name) => !known.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)))
    .map((name) => unknownKey(name, labelOf(layer), [...known]));
}

function labelOf(layer: SettingLayer): string {
  return layer.source === 'environment' ? 'environment' : layer.labelOf('');
}
