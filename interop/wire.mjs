/**
 * Stands between a client and the built server and writes down what passes: `node wire.mjs LOG SERVER [ARGUMENT…]`.
 * Lines go through as they are, and the server's end is handed on. Only with MARK in the environment do answers change:
 * the text says `"mark":"text"`, the structured content `"mark":"structured"`, so that a client shows which of them it uses.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [log, server, ...args] = process.argv.slice(2);
const { MARK, ...env } = process.env;
const note = (entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`);

const child = spawn(process.execPath, [server, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env });
const id = child.pid;
note({ id, started: true });
forward(process.stdin, child.stdin, 'client', (line) => line);
forward(child.stdout, process.stdout, 'server', MARK ? marked : (line) => line);
process.stdin.on('end', () => child.stdin.end());
child.stdin.on('error', () => {});
process.stdout.on('error', () => child.stdout.destroy());
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  note({ id, ended: code ?? signal });
  process.exitCode = code ?? 1;
  process.stdin.destroy();
});

/** A line that is no JSON ends the run: nothing else may stand on either pipe. */
function forward(source, target, from, change) {
  let rest = '';
  source.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      note({ id, from, message: JSON.parse(line) });
      target.write(`${change(line)}\n`);
    }
  });
}

function marked(line) {
  const message = JSON.parse(line);
  const { content, structuredContent } = message.result ?? {};
  if (!structuredContent) return line;
  content[0].text = JSON.stringify({ ...structuredContent, mark: 'text' });
  message.result.structuredContent = { ...structuredContent, mark: 'structured' };
  return JSON.stringify(message);
}
