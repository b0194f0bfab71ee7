/** Tools × providers → an MCP server: what is offered, and the only catch. */
import { McpServer, type McpServerFactory, type ServerContext } from '@modelcontextprotocol/server';
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import { oneLine } from '../core/text.ts';
import { textOf } from '../core/told.ts';
import type { AnyTool } from '../core/tool.ts';
import { auditOf, guarded, movesOf, tellGap } from '../guard/index.ts';
import { createAddressing } from './address.ts';
import { advertise } from './advertise.ts';
import { createConfirmation, Question } from './confirm.ts';
import { type Connection, dispatch } from './dispatch.ts';
import { instructionsFor } from './instructions.ts';
import { toErrorResult, toResult } from './render.ts';
import { parseArguments } from './schema.ts';

export interface AppOptions {
  readonly version: string;
  readonly tools: readonly AnyTool[];
  readonly config: Config;
  readonly log: Log;
  /** Fires when the process is asked to end: releases under way are then undone. */
  readonly ending?: AbortSignal;
}

export interface App {
  /** One server for each connection. */
  readonly factory: McpServerFactory;
  /** Resolves when no call is running. */
  idle(): Promise<void>;
  /** Resolves when no move is under way: one that has deleted must create, or put back. */
  moved(): Promise<void>;
  /** What moves have left behind that were interrupted, for the operator. */
  gaps(): Promise<string[]>;
  /** The writing calls that are running, for the operator; empty where there are none. */
  unfinished(): string;
}

const HOUR_MS = 3_600_000;
const UNFINISHED = 2_000;
/** What a person answered is checked where it is used, see confirm.ts. */
const NO_VALIDATION = { getValidator: () => (value: unknown) => ({ valid: true as const, data: value as never, errorMessage: undefined }) };

/** The list of tools is decided here, at start, and never varies. */
export function createApp({ version, tools, config, log, ending }: AppOptions): App {
  const { settings, redact, problems } = config;
  const audit = auditOf(config, log);
  const moves = movesOf(config, log);
  const enabled = config.enabled.map((one) => ({ ...one, provider: guarded(one, config, moves, audit) }));
  const addressing = createAddressing(enabled, settings.TAGWRIGHT_DEFAULT_PROVIDER, problems, config.unavailable);
  const confirmation = createConfirmation(settings.TAGWRIGHT_CONFIRM);
  const titles = enabled.map(({ title }) => title).join(', ');
  const offered = tools.filter(({ effect }) => effect === 'read' || config.mayWrite);
  const own = new Map(enabled.flatMap(({ name, untrusted }) => (untrusted ? [[name, untrusted.redact]] : [])));
  const running = new Map<Promise<unknown>, () => string>();

  const factory: McpServerFactory = () => {
    const server = new McpServer(
      { name: 'tagwright', title: 'tagwright', version },
      {
        instructions: instructionsFor(enabled, config),
        capabilities: { tools: { listChanged: false } },
        cacheHints: { 'tools/list': { ttlMs: HOUR_MS, cacheScope: 'public' } },
        requestState: confirmation.requestState,
        jsonSchemaValidator: NO_VALIDATION,
      },
    );
    const connection: Connection = { addressing, confirmation, server, redact, ending };
    for (const tool of offered) {
      const { name, effect } = tool;
      const input = tool.input.extend('run' in tool ? addressing.one : addressing.many(tool.targetRef));
      const answer = async (args: unknown, context: ServerContext) => {
        try {
          return toResult(await dispatch(tool, parseArguments(input, name, args), context, connection), redact, own);
        } catch (error) {
          if (error instanceof Question) return error.result;
          const result = toErrorResult(error, redact);
          // Whoever gave up hears no answer: what is left behind is told to the operator at least.
          const isUnheard = effect !== 'read' && context.mcpReq.signal.aborted;
          log(isUnheard ? 'warn' : 'info', `${name}: ${JSON.stringify(result.content)}`);
          return result;
        }
      };
      server.registerTool(name, advertise(tool, input, titles), (args, context) => {
        const call = answer(args, context).finally(() => running.delete(call));
        running.set(call, () => (effect === 'read' ? '' : `${name} ${JSON.stringify(args)}`));
        return call;
      });
    }
    return server;
  };
  return {
    factory,
    idle: async () => void (await Promise.allSettled(running.keys())),
    moved: async () => void (await Promise.allSettled(moves.underWay)),
    gaps: async () => (await moves.journal.gaps()).map((gap) => textOf(tellGap(gap), redact)),
    unfinished: () => oneLine(redact([...running.values()].flatMap((tell) => tell() || []).join('; ')), UNFINISHED),
  };
}
