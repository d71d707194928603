import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replyTo } from '../src/scripted/reply.ts';
import { promptOf } from './support/prompts.ts';

const MEMORIES = ['My cat is called Miso.', 'I live in Berlin and work as a nurse.', 'What is my cat called?'];
const reply = (said: string, recalled: readonly string[] | undefined = [], earlier: readonly string[] = []): string =>
  replyTo(promptOf(said, recalled, earlier));

describe('the built-in companion remembers [COMP]', () => {
  test.each([
    'What is my cat called?',
    'what’s my cat’s name',
    'Do you remember the name of my cat?',
    'Hey, who is my cat?',
  ])('answers "%s" from what was told, and says when', (question) => {
    expect(reply(question, MEMORIES)).toBe(
      'Your cat is called Miso. You told me on 20 November 2026: “My cat is called Miso.”',
    );
  });

  test.each(["My cat's name is miso and she is grey", 'the name of my cat is Miso', 'I have a cat named Miso'])(
    'understands "%s"',
    (told) => {
      expect(reply('What is my cat called?', [told])).toMatch(/^Your cat is called Miso\./);
    },
  );

  test('quotes the sentence that answers, not the whole memory', () => {
    expect(reply('When is my birthday?', ['I like cake. My birthday is on 3 May.'])).toBe(
      'You told me on 20 November 2026: “My birthday is on 3 May.”',
    );
  });

  test('knows what was said earlier in the same conversation', () => {
    expect(reply('What is my cat called?', undefined, ['My cat is called Miso'])).toBe(
      'Your cat is called Miso. You told me earlier in this conversation: “My cat is called Miso”',
    );
  });

  test('does not take an earlier question for an answer', () => {
    expect(reply('What is my cat called?', ['What is my cat called?'])).toBe(
      "I don't think that you have told me that yet. Tell me, and I will remember it.",
    );
  });

  test('promises to remember only when something remembers', () => {
    expect(replyTo(promptOf('What is my dog called?'))).not.toContain('remember it');
    expect(replyTo(promptOf('My cat is called Miso'))).not.toContain('I will remember');
    expect(reply('My cat is called Miso')).toContain('I will remember that.');
  });

  test('says which memory is nearest when none answers', () => {
    expect(reply('Which pet do I have?', ['My cat is called Miso.'])).toMatch(
      /^I am not sure\..*“My cat is called Miso\.”$/,
    );
  });

  test('lists what it knows when asked for it', () => {
    expect(reply('What do you know about me?', MEMORIES)).toBe(
      'This is what comes to my mind:\n\n- “My cat is called Miso.” (on 20 November 2026)\n' +
        '- “I live in Berlin and work as a nurse.” (on 20 November 2026)',
    );
  });

  test('does not count a greeting among what it knows', () => {
    expect(reply('What do you know about me?', ['Hello', 'Hi!', 'Thank you'])).toMatch(
      /^Nothing comes to my mind yet\./,
    );
  });

  test('tells the name of the user, or that it does not know it', () => {
    expect(reply('What is my name?', ['My name is Anna'])).toBe('Your name is Anna.');
    expect(reply('What is my name?')).toMatch(/^You have not told me your name yet\./);
  });
});

describe('the built-in companion talks [COMP]', () => {
  test('greets by name when it knows the name', () => {
    expect(reply('Hello', ['My name is Anna'])).toMatch(/^Hello, Anna\./);
    expect(reply('Hello')).toMatch(/^Hello(?: there)?\./);
  });

  test('welcomes whoever introduces themselves', () => {
    expect(reply('My name is Anna and my cat is called Miso.')).toMatch(
      /^Nice to meet you, Anna\. Miso: a (?:lovely|fine) name for your cat\. I will remember that\.$/,
    );
    expect(reply('Hi, I’m Anna')).toBe('Hello, Anna. I will remember that.');
  });

  test.each([
    ['I feel sad today', /sorry|hard/],
    ['I am so stressed', /weighs|worries/],
    ['I am very tired', /kind to yourself|Rest/],
    ['I am really happy', /glad|nice/],
    ['I am not happy', /on your mind/],
    ['Thank you!', /welcome|pleasure/],
    ['Good night', /Take care|See you/],
    ['How are you?', /thank you/],
    ['ok', /All right|Good|Whenever/],
  ])('answers "%s" with feeling', (said, form) => {
    expect(reply(said)).toMatch(form);
  });

  test.each(['What is the capital of France?', 'Write me a poem', 'Can you help me with my homework?'])(
    'admits to "%s" that no language model is connected, and names Ollama',
    (said) => {
      expect(reply(said, MEMORIES)).toMatch(/^That is beyond me\. No language model is connected.*Ollama/);
    },
  );

  test('adds what it remembers to what it cannot do', () => {
    expect(reply('Write me a poem about Miso', MEMORIES)).toMatch(/“My cat is called Miso\.”\n\nMore I cannot say\./);
  });

  test('is never at a loss, and says the same to the same', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.array(fc.string({ minLength: 1 })),
        (said, recalled) => {
          const first = reply(said, recalled);
          expect(first.trim()).not.toBe('');
          expect(reply(said, recalled)).toBe(first);
        },
      ),
    );
  });

  test('stays quick when what is said is long and strange', () => {
    const started = performance.now();
    for (const piece of ['a.', '?!', 'my name is ', 'I feel ', '((', 'my a a a ', "'", '🙂'])
      reply(piece.repeat(20_000), [piece.repeat(1000)]);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
