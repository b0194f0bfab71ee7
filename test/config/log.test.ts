import { describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/config/log.ts';
import { LOG_LEVELS, type LogLevel } from '../../src/config/settings.ts';

const plain = (text: string) => text;

describe('createLog', () => {
  it.each<[LogLevel, LogLevel[]]>([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ])('at %s writes %j', (threshold, expected) => {
    const lines: string[] = [];
    const log = createLog(threshold, plain, (line) => lines.push(line));
    for (const level of LOG_LEVELS) log(level, 'hello');
    expect(lines).toEqual(expected.map((level) => `tagwright: ${level}: hello\n`));
  });

  it('writes one clean line without secrets, cut where it is long', () => {
    const lines: string[] = [];
    const log = createLog(
      'info',
      (text) => text.replaceAll('hunter2', '[secret]'),
      (line) => lines.push(line),
    );
    log('info', `a\nb\u001b[31m \u202ehunter2 ${'x'.repeat(2_000)}`);
    expect(lines).toEqual([expect.stringMatching(/^tagwright: info: a b\ufffd \ufffd\[secret\] x+…\n$/)]);
    expect(lines[0]?.length).toBeLessThan(1_100);
  });

  it('goes to stderr, never to stdout', () => {
    const [out, err] = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write').mockReturnValue(true)];
    createLog('warn', plain)('warn', 'hello');
    expect(err).toHaveBeenCalledWith('tagwright: warn: hello\n');
    expect(out).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
