import type { CommandRun } from '@aico/sdk';
import { dayAt, isDay } from './day.ts';
import type { Diary, Line } from './diary.ts';
import { MAX_LINE_CHARACTERS, parseRequest } from './request.ts';

const HOW = 'Type `/diary Today I …` to keep a line for today.';

/** What `/diary` answers, Markdown. */
export async function answerDiary(diary: Diary, command: CommandRun): Promise<string> {
  const request = parseRequest(command.arguments);
  switch (request.kind) {
    case 'recent': {
      const lines = await diary.recent();
      return lines.length === 0 ? `Your diary is empty. ${HOW}` : listOf(lines);
    }
    case 'read': {
      if (!isDay(request.day)) return `There is no day ${request.day}.`;
      const text = await diary.read(request.day);
      return text === undefined ? `There is no line for ${request.day}.` : listOf([{ day: request.day, text }]);
    }
    case 'search': {
      if (request.words === '') return 'Search for what? Type `/diary search word`.';
      const lines = await diary.search(request.words);
      return lines.length === 0 ? `No line holds “${request.words}”.` : listOf(lines);
    }
    case 'write':
      return write(diary, request.text, command);
  }
}

async function write(diary: Diary, text: string, { time, timezone }: CommandRun): Promise<string> {
  const { length } = [...text];
  if (length > MAX_LINE_CHARACTERS) {
    return `A line has at most ${MAX_LINE_CHARACTERS} characters; this one has ${length}. Nothing was kept.`;
  }
  const day = dayAt(time, timezone);
  const before = await diary.write({ day, text }, time);
  if (before === undefined) return `Kept for ${day}.`;
  return before === text ? `That is already your line for ${day}.` : `Kept for ${day}, in place of: “${before}”`;
}

function listOf(lines: readonly Line[]): string {
  return lines.map(({ day, text }) => `- **${day}** ${text}`).join('\n');
}
