/** docs/clients.md, from what a run saw. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PERSON, STORY } from './story.mjs';

const PAGE = new URL('../docs/clients.md', import.meta.url).pathname;
const HEAD = ['client', 'version', 'as', 'opens with', 'era', 'starts the server', 'the model is shown', 'a person is asked', 'result'];

const list = (steps) => Object.keys(steps).map((step, index) => `${index + 1}. ${step}`);

export const render = (rows) =>
  [
    '# Clients',
    '',
    'Made by `npm run docs:clients` from a run of [interop/](../interop); `npm run test:interop` fails where it is out of date.',
    "Every client is another project's package at the version shown, and drives the built server against a real git repository.",
    '',
    ...[HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    '"Opens with", "era" and "starts the server" are read off the wire. "The model is shown" tells which part of an answer the',
    'client passes on, found by marking the text and the structured content apart. A server that starts twice has answered the',
    'first question in a process of its own, as some clients want it.',
    '',
    '## What each of them does',
    '',
    'After every step what the client passes on is compared with what the server said, and the repository is looked at.',
    '',
    ...list(STORY),
    '',
    'Then, where the client can ask a person:',
    '',
    ...list(PERSON),
    '',
    'At the end every process of the server has ended by itself, with exit code 0.',
    '',
  ].join('\n');

export const committed = () => (existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');

export function write(text) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, text);
}
