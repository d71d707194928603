import { explain, type Validator, validators } from '@aico/sdk/protocol';
import type { Data } from './contents.ts';

/** Kinds whose form is known here; of others the plugin that takes them judges. */
const FORMS: Readonly<Record<string, Validator | undefined>> = {
  'analytics/queries': validators['analytics#SavedQuery'],
  'chat/conversations': validators['export#ExportedConversation'],
  'chat/messages': validators['export#ExportedMessage'],
  'memory/memories': validators['export#ExportedMemory'],
  'memory/forgotten': validators['export#ExportedForgotten'],
};

/** A line as a record. @returns what is wrong with it where it is none */
export function parseRecord(plugin: string, kind: string, text: string): Data | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object';
  const data = value as Data;
  if (typeof data['id'] !== 'string' || data['id'] === '' || data['id'].length > 300) return 'it has no id';
  const isValid = FORMS[`${plugin}/${kind}`];
  if (isValid === undefined || isValid(data)) return data;
  return explain(isValid).sentence.slice(0, 300);
}
