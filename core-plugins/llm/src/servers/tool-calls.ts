import type { PromptMessage, ToolCall } from '@aico/sdk';
import { at, countAt, textAt } from '../http/fields.ts';
import type { Ending, Prompt } from '../model-server.ts';

const MAX_CALLS = 8;
const MAX_NAME = 120;
const MAX_INPUT = 20_000;

interface Pieces {
  id: string;
  name: string;
  input: string;
}

/** Puts together what a server streams of a model's calls; what is too long or too much is left out. */
export class CallPieces {
  readonly #calls = new Map<number, Pieces>();

  /** Takes `tool_calls` of one part, whatever they are. */
  add(list: unknown): void {
    if (!Array.isArray(list)) return;
    for (const piece of list as unknown[]) {
      const index = countAt(piece, 'index') ?? this.#calls.size;
      const call = this.#calls.get(index) ?? { id: '', name: '', input: '' };
      if (!this.#calls.has(index) && this.#calls.size >= MAX_CALLS) continue;
      const given = at(piece, 'function', 'arguments');
      call.id ||= textAt(piece, 'id');
      call.name += textAt(piece, 'function', 'name');
      call.input += typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given);
      this.#calls.set(index, call);
      // One character too many tells that it was cut, and it is then left out.
      call.input = call.input.slice(0, MAX_INPUT + 1);
      call.name = call.name.slice(0, MAX_NAME + 1);
    }
  }

  endingOf(ending: Ending): Ending {
    const calls = [...this.#calls.values()]
      .filter(({ name, input }) => name !== '' && name.length <= MAX_NAME && input.length <= MAX_INPUT)
      .map(({ id, name, input }, index): ToolCall => ({ id: id.slice(0, MAX_NAME) || `call-${index}`, name, input }));
    return calls.length === 0 ? ending : { ...ending, calls };
  }
}

/** Both protocols describe tools alike; undefined leaves them out of what is sent. */
export function toolList({ tools = [] }: Prompt): unknown {
  if (tools.length === 0) return undefined;
  return tools.map(({ name, description, input }) => ({
    type: 'function',
    function: { name, description, parameters: input },
  }));
}

export function openAiMessage({ role, text, calls, call }: PromptMessage): unknown {
  if (role === 'tool') return { role, content: text, tool_call_id: call };
  if (calls === undefined) return { role, content: text };
  const tool_calls = calls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: input },
  }));
  return { role, content: text, tool_calls };
}

export function ollamaMessage({ role, text, calls }: PromptMessage): unknown {
  if (calls === undefined) return { role, content: text };
  return {
    role,
    content: text,
    tool_calls: calls.map((each) => ({ function: { name: each.name, arguments: inputOf(each) } })),
  };
}

/** Ollama takes an object where the model may have written anything. */
function inputOf({ input }: ToolCall): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return {};
  }
}
