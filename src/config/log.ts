/** Lines for the operator, on stderr: stdout belongs to the protocol. */
import { oneLine } from '../core/text.ts';
import type { Redact } from './redact.ts';
import { LOG_LEVELS, type LogLevel } from './settings.ts';

export type Log = (level: LogLevel, message: string) => void;

const LINE = 1_000;
const MOST_UNREAD = 1024 * 1024;

/** What nobody reads is dropped, before it fills the memory. */
const toStderr = (line: string) => void (process.stderr.writableLength < MOST_UNREAD && process.stderr.write(line));

export const createLog =
  (threshold: LogLevel, redact: Redact, write: (line: string) => void = toStderr): Log =>
  (level, message) => {
    if (LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(threshold)) write(`tagwright: ${level}: ${oneLine(redact(message), LINE)}\n`);
  };
