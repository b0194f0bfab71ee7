/** When and how a person is asked before something is lost. No argument of a tool can answer for them. */
import { randomBytes } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import type { Redact } from '../config/redact.ts';
import type { ConfirmMode } from '../config/settings.ts';
import { TagError } from '../core/errors.ts';
import { standsAt } from '../core/settle.ts';
import { clean, cut, oneLine } from '../core/text.ts';
import { told } from '../core/told.ts';
import type { Loss } from '../core/tool.ts';

/** Thrown to leave the handler: the client puts the question and calls again with the answer. */
export class Question extends Error {
  readonly result: InputRequiredResult;
  constructor(result: InputRequiredResult) {
    super('a person is asked');
    this.result = result;
  }
}

/** What was shown to the person; it comes back through the client, authenticated. */
interface Shown {
  readonly about: string;
  readonly at: string;
  readonly nonce: string;
}

/** A question: its identity (what is done to what), where things stand, and how it is put. */
export interface Asking {
  readonly about: string;
  readonly at: string;
  readonly message: string;
}

export interface Confirmation {
  /** For the server: verifies what comes back. */
  readonly requestState: NonNullable<ServerOptions['requestState']>;
  /** For what is lost: asks unless the mode is `never`. Tells whether somebody was asked. */
  ask(asking: Asking, context: ServerContext, server: McpServer): Promise<boolean>;
  /** For what is only made: asks where the mode is `always`. */
  askAbove(asking: Asking, context: ServerContext, server: McpServer): Promise<boolean>;
}

const KEY = 'confirm';
const PATIENCE_MS = 300_000;
const NO_FIELDS = { type: 'object' as const, properties: {} };
const MESSAGE = 6_000;

export function createConfirmation(mode: ConfirmMode, redact: Redact): Confirmation {
  let codec: ReturnType<typeof createRequestStateCodec<Shown>> | undefined;
  /** Made with the first question: cryptography is not for every session. */
  const sealed = () => {
    codec ??= createRequestStateCodec<Shown>({ key: randomBytes(32), ttlSeconds: PATIENCE_MS / 1_000 });
    return codec;
  };
  /** Answers already used: an approval is good for one deed. */
  const used = new Set<string>();

  /** 2025: the question is a request of ours, and the call waits for its answer. */
  async function askNow(message: string, { mcpReq }: ServerContext): Promise<void> {
    const { action } = await mcpReq
      .elicitInput({ message, requestedSchema: NO_FIELDS }, { timeout: PATIENCE_MS, signal: mcpReq.signal })
      .catch((cause: unknown) => {
        throw new TagError('declined', 'The question to the person was not answered.', { cause });
      });
    if (action !== 'accept') throw refusal(action);
  }

  /** 2026: the call ends with the question, and comes again with the answer. */
  async function askByReturning({ about, at, message }: Asking, { mcpReq }: ServerContext): Promise<void> {
    const answer = inputResponse(mcpReq.inputResponses, KEY);
    const shown = mcpReq.requestState<Shown>();
    if (answer.kind === 'missing' || !shown)
      throw new Question(
        inputRequired({
          inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema: NO_FIELDS }) },
          requestState: await sealed().mint({ about, at, nonce: randomBytes(12).toString('base64url') }),
        }),
      );
    if (answer.kind !== 'elicit' || answer.action !== 'accept') throw refusal(answer.kind === 'elicit' ? answer.action : 'cancel');
    if (shown.about !== about || used.has(shown.nonce)) throw new TagError('declined', 'That approval was given for something else.');
    if (shown.at !== at)
      throw new TagError('changed', told`It stood at ${shown.at} when the person approved, and stands at ${at} now; nothing was done.`);
    used.add(shown.nonce);
    setTimeout(() => used.delete(shown.nonce), PATIENCE_MS).unref();
  }

  async function ask(asking: Asking, context: ServerContext, server: McpServer): Promise<boolean> {
    const envelope: Record<string, unknown> | undefined = context.mcpReq.envelope;
    const modern = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
    if (!canAsk(modern ?? server.server.getClientCapabilities())) {
      if (mode === 'auto') return false; // the host asks: the tool's annotations tell it to
      throw new TagError('declined', 'A person has to agree to this, and this client cannot ask one.', {
        hint: 'Use a client that supports elicitation, or have the operator change TAGWRIGHT_CONFIRM.',
      });
    }
    const message = cut(redact(clean(asking.message)), MESSAGE);
    await (modern ? askByReturning({ ...asking, message }, context) : askNow(message, context));
    return true;
  }

  return {
    requestState: { verify: (...sent) => sealed().verify(...sent) },
    ask: async (...asking) => mode !== 'never' && ask(...asking),
    askAbove: async (...asking) => mode === 'always' && ask(...asking),
  };
}

/** An empty declaration means forms, as before there was a choice. */
const canAsk = (capabilities: ClientCapabilities | undefined): boolean => {
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (Object.keys(elicitation).length === 0 || 'form' in elicitation);
};

const refusal = (action: string) =>
  new TagError('declined', action === 'decline' ? 'The person declined.' : 'The person dismissed the question.');

const LINE = 200;

/** What a person needs to know to decide, a line a fact. Text from outside stands only behind its label. */
export function askingAbout({ action, tag, to }: Loss, address: { provider: string; repository: string }): Asking {
  const facts: [label: string, value: string | undefined][] = [
    ['System', address.provider],
    ['Repository', address.repository],
    ['Tag', tag.name],
    ['Stands at', standsAt(tag)],
    ['Will stand at', to],
    ['Made', tag.created_at],
    ['Message', tag.message],
    ['Goes with it', tag.release && 'its GitLab Release'],
  ];
  const lines = facts.flatMap(([label, value]) => (value ? [`${label}: ${oneLine(value, LINE)}`] : []));
  return {
    about: JSON.stringify([action, address.provider, address.repository, tag.name, to]),
    at: tag.release ? `${standsAt(tag)} with a GitLab Release` : standsAt(tag),
    message: [action === 'delete' ? 'Delete this tag?' : 'Move this tag?', ...lines].join('\n'),
  };
}
