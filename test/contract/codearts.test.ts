import type { Way } from '../providers/codearts/workshop.ts';
import type { CodeartsOptions } from '../sandbox/codearts.ts';
import { contract } from './contract.ts';
import { openCodearts } from './worlds/codearts.ts';

const WORLDS: [Way, CodeartsOptions][] = [
  ['token', { language: 'en' }],
  ['token', { language: 'zh', targetIsCommit: true }],
  ['key', { language: 'en', targetIsCommit: true }],
  ['temporary key', { language: 'zh' }],
  ['login', { language: 'en' }],
  ['login', { language: 'zh', targetIsCommit: true }],
];

for (const [way, options] of WORLDS)
  contract(
    `CodeArts Repo by ${way}, in ${options.language}, targets are ${options.targetIsCommit ? 'commits' : 'tag objects'}`,
    () => openCodearts(way, options),
    { wire: true, history: true },
  );
