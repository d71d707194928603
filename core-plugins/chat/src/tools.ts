import {
  AicoError,
  type Bus,
  isAnswering,
  type PluginInfo,
  type Tool,
  type ToolCall,
  type ToolContribution,
  type ToolUse,
  type Traced,
} from '@aico/sdk';
import { problemOfInput } from './check-input.ts';

/** A tool that a running plugin offers. */
export interface OfferedTool extends ToolContribution {
  readonly plugin: string;
  readonly pluginName: string;
}

/** What became of a call: words for the model, and what the user sees. */
export interface Called {
  readonly text: string;
  readonly use: ToolUse;
}

const MAX_TOOLS = 40;
/** More would push the conversation out of what a model reads. */
const MAX_RESULT = 8_000;
const TIMEOUT_MS = 20_000;

export function byId(one: PluginInfo, other: PluginInfo): number {
  return one.id < other.id ? -1 : 1;
}

/** Each name once: where two plugins offer the same, the first by id has it. */
export function toolsOf(plugins: readonly PluginInfo[]): readonly OfferedTool[] {
  const offered = plugins
    .filter(isAnswering)
    .sort(byId)
    .flatMap(({ id, name, tools = [] }) => tools.map((tool) => ({ ...tool, plugin: id, pluginName: name })));
  const byName = new Map([...offered].reverse().map((tool) => [tool.name, tool]));
  return [...byName.values()].reverse().slice(0, MAX_TOOLS);
}

/** As the model is told of it. */
export function described({ name, description, input }: OfferedTool): Tool {
  return { name, description, input };
}

/** Runs a tool as the model asked; never throws but when the turn was ended. */
export async function callTool(
  bus: Pick<Bus, 'request'>,
  tools: readonly OfferedTool[],
  call: ToolCall,
  { signal, trace }: { readonly signal: AbortSignal; readonly trace: Traced },
): Promise<Called> {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const use = { name: call.name, title: call.name.slice(0, 60), plugin: '?', failed: true };
    return { text: `There is no tool "${call.name}". Answer without it.`, use };
  }
  const use = { name: tool.name, title: tool.title, plugin: tool.pluginName, failed: false };
  const failed = (problem: string): Called => ({ text: `The tool failed: ${problem}.`, use: { ...use, failed: true } });
  const input = parseInput(call.input);
  const problem = problemOfInput(tool.input, input);
  if (problem !== undefined) return failed(problem);
  try {
    const payload = { name: tool.name, input: input as Record<string, unknown> };
    const options = { signal, timeoutMs: TIMEOUT_MS, trace };
    const { text } = await bus.request(`plugin.${tool.plugin}.tool.run.v1`, payload, options);
    return { text: text.length > MAX_RESULT ? `${text.slice(0, MAX_RESULT)} …` : text, use };
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(error instanceof AicoError ? error.message : 'it did not answer');
  }
}

function parseInput(text: string): unknown {
  try {
    // A tool that takes nothing is often called with no text at all.
    return JSON.parse(text.trim() === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}
