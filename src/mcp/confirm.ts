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
  SdkError,
  SdkErrorCode,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import type { ConfirmMode } from '../config/settings.ts';
import { abandoned, TagError, type Wording } from '../core/errors.ts';
import { told } from '../core/told.ts';
import { type Asking, type Facts, refuseChanged } from './asking.ts';

/** Thrown to leave the handler: the client puts the question and calls again with the answer. */
export class Question extends Error {
  readonly result: InputRequiredResult;
  constructor(result: InputRequiredResult) {
    super('a person is asked');
    this.result = result;
  }
}

/** What was shown to the person; it comes back through the client, authenticated. */
interface Shown extends Pick<Asking, 'about' | 'at'> {
  readonly nonce: string;
}

/** Asks, and tells whether somebody was asked and said yes. `again` looks once more, for an answer that took its time. */
type Ask = (question: () => Promise<Asking>, again: () => Promise<Asking>, context: ServerContext, server: McpServer) => Promise<boolean>;

export interface Confirmation {
  /** For the server: verifies what comes back. */
  readonly requestState: NonNullable<ServerOptions['requestState']>;
  /** For what is lost: asks unless the mode is `never`. */
  readonly ask: Ask;
  /** For what is only made: asks where the mode is `always`. */
  readonly askAbove: Ask;
}

const KEY = 'confirm';
const PATIENCE_MS = 300_000;
const FOR_THE_OPERATOR =
  'Nothing was done. If this client can ask nobody, the operator may change TAGWRIGHT_CONFIRM, or use another client.';
const CANNOT_ASK = 'Nothing was done. The operator may change TAGWRIGHT_CONFIRM, or use another client.';

export function createConfirmation(mode: ConfirmMode): Confirmation {
  let codec: ReturnType<typeof createRequestStateCodec<Shown>> | undefined;
  /** Made with the first question: cryptography is not for every session. */
  const sealed = () => {
    codec ??= createRequestStateCodec<Shown>({ key: randomBytes(32), ttlSeconds: PATIENCE_MS / 1_000 });
    return codec;
  };
  /** Questions that have their answer: it is good for one deed. */
  const used = new Set<string>();

  /** 2025: the question is a request of ours, and the call waits for its answer. */
  async function askNow({ message, title, at }: Asking, { mcpReq }: ServerContext): Promise<Facts> {
    const answer = await mcpReq
      .elicitInput({ message, requestedSchema: form(title) }, { timeout: PATIENCE_MS, signal: mcpReq.signal })
      .catch((cause: unknown) => {
        throw mcpReq.signal.aborted ? abandoned(mcpReq.signal) : unanswered(cause);
      });
    requireYes(answer);
    return at;
  }

  /** 2026: the call ends with the question, and comes again with the answer. */
  async function askByReturning({ about, at, message, title }: Asking, { mcpReq }: ServerContext): Promise<Facts> {
    const shown = shownBefore({ mcpReq });
    if (!shown)
      throw new Question(
        inputRequired({
          inputRequests: { [KEY]: inputRequired.elicit({ message, requestedSchema: form(title) }) },
          requestState: await sealed().mint({ about, at, nonce: randomBytes(12).toString('base64url') }),
        }),
      );
    if (shown.about !== about || used.has(shown.nonce)) throw declined('That answer was given to another question, or has been used.');
    used.add(shown.nonce);
    setTimeout(() => used.delete(shown.nonce), PATIENCE_MS).unref();
    const answer = inputResponse(mcpReq.inputResponses, KEY);
    if (answer.kind !== 'elicit') throw unanswered('It is no answer.');
    requireYes(answer);
    return shown.at;
  }

  const ask: Ask = async (question, again, context, server) => {
    const envelope: Record<string, unknown> | undefined = context.mcpReq.envelope;
    const modern = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
    // An answer counts whatever the call that brings it announces.
    if (!isAnswered(context) && !canAsk(modern ?? server.server.getClientCapabilities())) {
      if (mode === 'auto') return false; // the host asks: the tool's annotations tell it to
      throw declined('A person has to agree to this, and this client cannot ask one.', CANNOT_ASK);
    }
    const asking = await question();
    const shown = await (modern ? askByReturning : askNow)(asking, context);
    // A person takes minutes; what was read before they were asked is history.
    refuseChanged(shown, (modern ? asking : await again()).at);
    return true;
  };

  return {
    requestState: { verify: (...sent) => sealed().verify(...sent) },
    ask: async (...asking) => mode !== 'never' && ask(...asking),
    askAbove: async (...asking) => mode === 'always' && ask(...asking),
  };
}

/** What the person was shown, where this call brings their answer. */
const shownBefore = ({ mcpReq }: Pick<ServerContext, 'mcpReq'>): Shown | undefined =>
  Object.hasOwn(mcpReq.inputResponses ?? {}, KEY) ? mcpReq.requestState<Shown>() : undefined;
export const isAnswered = (context: ServerContext): boolean => shownBefore(context) !== undefined;

/** An empty declaration means forms, as before there was a choice. */
const canAsk = (capabilities: ClientCapabilities | undefined): boolean => {
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (Object.keys(elicitation).length === 0 || 'form' in elicitation);
};

/** One thing to tick, and required: a client that accepts by itself does not tick it. */
const form = (title: string) => ({
  type: 'object' as const,
  properties: { [KEY]: { type: 'boolean' as const, title } },
  required: [KEY],
});

const declined = (message: Wording, hint?: string, cause?: unknown) => new TagError('declined', message, { hint, cause });

function requireYes({ action, content }: { action: string; content?: Record<string, unknown> | undefined }): void {
  if (action === 'decline') throw declined('The question was answered with no.');
  if (action === 'cancel') throw declined('The question was dismissed.');
  if (action !== 'accept') throw declined('The question was not answered by a person.');
  if (content?.[KEY] === false) throw declined('The question was answered, and not with yes.');
  if (content?.[KEY] !== true)
    throw declined('The client accepted without the yes that was asked for: it answered, and no person agreed.', FOR_THE_OPERATOR);
}

/** No person has said no: the client announced what it cannot do, or nobody was there. */
function unanswered(cause: unknown): TagError {
  if (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout)
    return declined('The question was put by this client and not answered within 5 minutes, or never put.', FOR_THE_OPERATOR, cause);
  return declined(
    told`This client announced that it can put a question to a person, and did not do it: ${cause instanceof Error ? cause.message : String(cause)}.`,
    FOR_THE_OPERATOR,
    cause,
  );
}
