/** The variables that concern the server as a whole. */
import { z } from 'zod';
import { declare, variable } from './core/variable.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const list = (description: string, example: string) =>
  declare(
    z
      .string()
      .optional()
      .transform((text) => text?.split(',').flatMap((item) => item.trim() || [])),
    { role: 'option', description, example },
  );

export const Settings = z.object({
  TAGWRIGHT_PROVIDERS: list('Only these systems, separated by commas', 'git,gitlab'),
  TAGWRIGHT_DEFAULT_PROVIDER: variable('option', 'System used where a call names none', 'gitlab'),
  TAGWRIGHT_TIMEOUT_MS: declare(z.coerce.number().int().min(100).max(600_000).default(30_000), {
    role: 'option',
    description: 'Time for one request to a system, its repetitions included, in milliseconds (default 30000)',
    example: '30000',
  }),
  TAGWRIGHT_ALLOW_HTTP: list('Hosts that may be spoken to without TLS, separated by commas (loopback always may)', 'gitlab.internal'),
  TAGWRIGHT_LOG_LEVEL: declare(z.enum(LOG_LEVELS).default('warn'), {
    role: 'option',
    description: 'What goes to stderr: error, warn, info or debug (default warn)',
    example: 'warn',
  }),
});
export type Settings = z.output<typeof Settings>;
