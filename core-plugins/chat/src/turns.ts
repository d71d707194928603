import { AicoError, type ChatMessage, type PluginContext, type Traced, type TurnRun } from '@aico/sdk';
import type { Attachments } from './attachments.ts';
import type { CommandBook } from './command-book.ts';
import { replyByCommand } from './command-reply.ts';
import { parseCommand } from './commands.ts';
import { replyAsCompanion } from './companion-reply.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { MessageStore } from './message-store.ts';
import { ReplyKeeper } from './reply-keeper.ts';
import type { Stamp } from './stamp.ts';
import type { Teller } from './teller.ts';
import { titleFrom } from './title.ts';
import { Turn } from './turn.ts';

export interface TurnPowers {
  readonly context: Pick<PluginContext, 'bus' | 'blobs' | 'log' | 'storage' | 'setTimer'>;
  readonly attachments: Pick<Attachments, 'confirm'>;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly commands: CommandBook;
  readonly teller: Teller;
  readonly stamp: Stamp;
}

/** What a turn is made of before it runs. */
interface Plan {
  /** What the reply answers. */
  readonly said: ChatMessage;
  readonly reply: ChatMessage;
  /** Set when the user said something new, rather than asking for another try. */
  readonly isNew: boolean;
  readonly timezone: string | undefined;
}

interface Running {
  readonly clientId: string | undefined;
  readonly turn: Promise<Turn>;
  /** Settles when everything of the turn is kept; never rejects. */
  readonly over: Promise<void>;
}

/** Runs turns: one at a time in each conversation, on to their end whoever listens. */
export class Turns {
  readonly #powers: TurnPowers;
  readonly #running = new Map<string, Running>();
  readonly #replies = new Map<string, Turn>();

  constructor(powers: TurnPowers) {
    this.#powers = powers;
  }

  /** Begins a turn, or joins the one that the client began before. @throws AicoError CHAT_… */
  begin(request: TurnRun, trace: Traced): Promise<Turn> {
    const { conversation, clientId } = request;
    const running = this.#running.get(conversation);
    if (running !== undefined) {
      if (clientId !== undefined && running.clientId === clientId) return running.turn;
      throw new AicoError('CHAT_TURN_RUNNING', { subject: conversation });
    }
    // The place is taken before anything is awaited, so that two sends at once cannot both have it.
    const over = Promise.withResolvers<void>();
    const turn = this.#open(request, trace, () => {
      this.#running.delete(conversation);
      over.resolve();
    });
    this.#running.set(conversation, { clientId, turn, over: over.promise });
    return turn;
  }

  /** Ends the running reply; resolves when it is kept. Whether there was one. */
  async stop(conversation: string): Promise<boolean> {
    const running = this.#running.get(conversation);
    if (running === undefined) return false;
    (await running.turn.catch(() => undefined))?.stop('stopped');
    await running.over;
    return true;
  }

  /** Ends every running reply, because the plugin ends. */
  async interrupt(): Promise<void> {
    for (const turn of this.#replies.values()) turn.stop('interrupted');
    await Promise.all([...this.#running.values()].map(({ over }) => over));
  }

  /** A kept message as it stands now: a reply that is being written is ahead of what is kept. */
  current(message: ChatMessage): ChatMessage {
    const live = this.#replies.get(message.id)?.reply;
    if (live !== undefined) return live;
    if (message.status !== 'streaming') return message;
    return { ...message, status: 'failed', error: interrupted(message.conversation).toReport() };
  }

  async #open(request: TurnRun, trace: Traced, close: () => void): Promise<Turn> {
    try {
      const repeated = await this.#findRepeated(request);
      if (repeated !== undefined) {
        close();
        return repeated;
      }
      const plan = await this.#plan(request);
      await this.#keepBeginning(plan, trace);
      const turn = new Turn(plan.isNew ? plan.said : undefined, plan.reply, trace);
      this.#replies.set(plan.reply.id, turn);
      void this.#run(turn, plan, () => {
        this.#replies.delete(plan.reply.id);
        close();
      });
      return turn;
    } catch (error) {
      close();
      throw error;
    }
  }

  async #findRepeated({ conversation, clientId }: TurnRun): Promise<Turn | undefined> {
    const said = clientId === undefined ? undefined : await this.#powers.messages.find(clientId);
    if (said === undefined) return undefined;
    const reply = await this.#powers.messages.findReplyTo(said.id);
    if (said.conversation !== conversation || said.role !== 'user' || reply === undefined) {
      throw invalid(conversation, 'has the id of another message');
    }
    return Turn.ended(said, this.current(reply));
  }

  async #plan(request: TurnRun): Promise<Plan> {
    const { conversation, text, retry, clientId, timezone, attachments: uploaded = [] } = request;
    await this.#powers.conversations.get(conversation);
    if ((text === undefined) === (retry === undefined))
      throw invalid(conversation, 'says nothing, or two things at once');
    const createdAt = this.#powers.stamp();
    if (text !== undefined) {
      const id = clientId ?? crypto.randomUUID();
      const attachments = await this.#powers.attachments.confirm(uploaded);
      const said: ChatMessage = {
        ...{ id, conversation, role: 'user', status: 'complete', text, createdAt },
        ...(attachments.length > 0 && { attachments }),
      };
      return { said, reply: await this.#emptyReply(said, crypto.randomUUID()), isNew: true, timezone };
    }
    const before = await this.#powers.messages.find(retry ?? '');
    const said = before?.replyTo === undefined ? undefined : await this.#powers.messages.find(before.replyTo);
    if (before?.conversation !== conversation || said === undefined)
      throw invalid(conversation, 'retries what is no reply');
    const last = await this.#powers.messages.findLast(conversation);
    if (before.status === 'complete' && last?.id !== before.id)
      throw invalid(conversation, 'retries a reply that others follow');
    return { said, reply: await this.#emptyReply(said, before.id), isNew: false, timezone };
  }

  async #emptyReply(said: ChatMessage, id: string): Promise<ChatMessage> {
    const command = parseCommand(said.text);
    const plugin = command && ((await this.#powers.commands.find(command.name))?.plugin ?? 'chat');
    return {
      id,
      conversation: said.conversation,
      role: plugin === undefined ? 'companion' : 'plugin',
      status: 'streaming',
      text: '',
      createdAt: this.#powers.stamp(),
      replyTo: said.id,
      ...(plugin === undefined ? {} : { plugin }),
    };
  }

  /** What the user said and the place of the reply are kept together, before anything else happens. */
  async #keepBeginning({ said, reply, isNew }: Plan, trace: Traced): Promise<void> {
    const { conversations, messages, context, teller } = this.#powers;
    const statements = isNew ? [messages.inserted(said), messages.inserted(reply)] : [messages.updated(reply)];
    const touched = conversations.touched(said.conversation, isNew ? 2 : 0, titleFrom(said.text));
    await context.storage.batch([...statements, touched]);
    // A command is spoken to a plugin: it is nothing that the companion should remember.
    if (isNew && reply.role === 'companion') teller.created(said, trace);
    await this.#tellChanged(said.conversation);
  }

  async #run(turn: Turn, plan: Plan, close: () => void): Promise<void> {
    const { context, messages, teller } = this.#powers;
    const keeper = new ReplyKeeper({
      keepText: (text) => messages.keepText(plan.reply.id, text),
      setTimer: context.setTimer,
      onFailure: (error) => context.log.warn('a half reply was not kept', { reason: String(error) }),
    });
    turn.onAppend((text) => keeper.update(text));
    const ending = await this.#write(turn, plan);
    await keeper.close();
    const reply = await this.#keepEnd({ ...turn.reply, ...ending });
    // Whoever reads that the turn is over may begin the next one.
    close();
    turn.end(reply);
    if (reply.role === 'companion' && reply.status === 'complete') teller.created(reply, turn.trace);
    await this.#tellChanged(reply.conversation);
  }

  async #keepEnd(reply: ChatMessage): Promise<ChatMessage> {
    const { context, conversations, messages } = this.#powers;
    try {
      const touched = conversations.touched(reply.conversation, 0, '');
      await context.storage.batch([messages.updated(reply), touched]);
      return reply;
    } catch (error) {
      context.log.error('a reply was not kept', { reason: String(error) });
      return { ...reply, status: 'failed', error: reportOf(error, context.log) };
    }
  }

  async #tellChanged(id: string): Promise<void> {
    const { context, conversations, teller } = this.#powers;
    try {
      teller.changed(await conversations.get(id), 'updated');
    } catch (error) {
      // It was deleted in the meantime, or the plugin is ending.
      context.log.debug('a change was not told', { reason: String(error) });
    }
  }

  /** Lets the companion or a command write; says how it ended. */
  async #write(turn: Turn, { said, timezone }: Plan): Promise<Partial<ChatMessage>> {
    const { context, messages, commands } = this.#powers;
    const command = parseCommand(said.text);
    try {
      if (command === undefined) {
        const { bus, blobs, log } = context;
        const about = await replyAsCompanion({ bus, blobs, log, messages, commands }, turn, said);
        return { ...about, status: 'complete' };
      }
      const time = { createdAt: turn.reply.createdAt, timezone };
      await replyByCommand({ bus: context.bus, commands }, turn, command, time);
      return { status: 'complete' };
    } catch (error) {
      if (turn.stopReason === 'stopped') return { status: 'stopped' };
      if (turn.stopReason === 'interrupted') {
        return { status: 'failed', error: interrupted(said.conversation).toReport() };
      }
      return { status: 'failed', error: reportOf(error, context.log) };
    }
  }
}

/** The error of a reply that its plugin did not live to finish. */
export function interrupted(subject: string): AicoError {
  return new AicoError('CHAT_INTERRUPTED', { subject });
}

function invalid(conversation: string, problem: string): AicoError {
  return new AicoError('CHAT_TURN_INVALID', { subject: conversation, details: { problem } });
}

function reportOf(error: unknown, log: PluginContext['log']): NonNullable<ChatMessage['error']> {
  if (error instanceof AicoError) return error.toReport();
  log.error('a reply failed', { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new AicoError('CHAT_REPLY_FAILED', { subject: 'chat', cause: error }).toReport();
}
