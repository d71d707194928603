import { AicoError, type AnalyticsProgress, type AnalyticsResult } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import type { ConsolePowers } from '../console-powers.ts';
import { EXIT } from '../exit-codes.ts';
import { answerText, csvText, tablesText } from './query-text.ts';

export interface QueryOptions {
  readonly lines: number;
  readonly csv?: boolean;
  readonly tables?: boolean;
}

/** As long as a question may be. */
const MOST_CHARACTERS = 20_000;
/** More than a question may take. */
const SILENCE_MS = 180_000;

/** `aico query`: answers a question in SQL, given or from standard input; without one it tells the tables that there are. */
export async function runQuery(context: CommandContext, given: string, options: QueryOptions): Promise<number> {
  const { stdin } = context.powers;
  const sql = given === '' && options.tables !== true && stdin.isTTY !== true ? await readPiped(stdin) : given;
  if (options.tables === true || sql.trim() === '') {
    const { tables } = await withBus(context.folders, (bus) => bus.request('analytics.tables.v1', {}));
    context.answer({ tables }, tablesText(tables));
    return EXIT.done;
  }
  const answer = await ask(context, sql, options.lines);
  context.answer(answer, options.csv === true ? csvText(answer) : answerText(answer));
  return EXIT.done;
}

function ask(context: CommandContext, sql: string, limit: number): Promise<AnalyticsResult> {
  return withBus(context.folders, async (bus) => {
    const { isTerminal, err } = context.powers;
    const shown = isTerminal && !context.json;
    const stream = bus.stream('analytics.query.v1', { sql, limit }, { timeoutMs: SILENCE_MS });
    try {
      for await (const progress of stream) if (shown) err(`\r\u001b[2K• ${progressText(progress)}`);
    } finally {
      if (shown) err('\r\u001b[2K');
    }
    return stream.result;
  });
}

function progressText({ stage, table = '', rows, percent }: AnalyticsProgress): string {
  if (stage === 'reading') return `Reading ${table}${rows === undefined ? '' : `: ${rows}`}`;
  return percent === undefined ? 'Answering' : `Answering: ${Math.round(percent)} %`;
}

async function readPiped(stdin: ConsolePowers['stdin']): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const part of stdin) {
    text += part;
    if (text.length <= MOST_CHARACTERS) continue;
    const problem = `it has more than ${MOST_CHARACTERS} characters`;
    throw new AicoError('ANALYTICS_SQL_INVALID', { subject: 'the question', details: { problem } });
  }
  return text;
}
