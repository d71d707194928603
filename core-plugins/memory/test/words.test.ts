import { expect, test } from 'vitest';
import { contentWords, isAboutEverything, isAboutOneself, isQuestion, normalized, stemOf } from '../src/words.ts';

test('tells questions from statements', () => {
  const questions = [
    'What is my dog called?',
    'do you remember my birthday',
    'Tell me a joke',
    'ok, where do I live',
    'My dog, what was its name?',
    'Wie heißt mein Hund?',
  ];
  const statements = [
    'My dog is called Biscuit.',
    'I was in Leeds last week',
    'When I was a child, I lived in Rome. It was warm there.',
    'Biscuit!',
    'Ich heiße Anna.',
  ];
  expect([...questions, ...statements].filter(isQuestion)).toEqual(questions);
});

test('keeps the words that a text is about', () => {
  expect(contentWords("What is my dog's name?")).toEqual(['dog', 'name']);
  expect(contentWords('Do you remember what I told you about the hike in the Alps?')).toEqual(['hike', 'alps']);
  expect(contentWords('What do you know about me?')).toEqual([]);
  expect(contentWords('Où est le café? In Köln.')).toEqual(['ou', 'est', 'le', 'cafe', 'koln']);
});

test('the forms of a word have one stem', () => {
  const forms = [
    ['live', 'lives', 'living', 'lived'],
    ['dog', 'dogs'],
    ['city', 'cities'],
    ['call', 'calls', 'called', 'calling'],
    ['running', 'run', 'runs'],
    ['hike', 'hiking', 'hikes'],
  ];
  for (const words of forms) expect(new Set(words.map(stemOf)).size, words.join()).toBe(1);
});

test('knows texts about oneself, and about all of oneself', () => {
  expect(['Where do I live?', 'mein Hund', 'Our house'].every(isAboutOneself)).toBe(true);
  expect(['Good morning', 'Is it warm in India?'].some(isAboutOneself)).toBe(false);
  expect(isAboutEverything('What do you remember about me?')).toBe(true);
  expect(isAboutEverything('What do you know about my sister?')).toBe(false);
  expect(normalized(' Hello,  WORLD! ')).toBe(normalized('hello world'));
});
