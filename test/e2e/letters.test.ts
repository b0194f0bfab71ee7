/** Messages in the scripts of the world: shown, deleted and restored to the letter. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

let repository: GitRepository;
let server: RawServer;
beforeEach(async () => {
  repository = makeRepository();
  repository.commit('first');
  server = startRaw(repository.path);
  await initialize(server);
});
afterEach(() => {
  server.stop();
  repository.remove();
});

const call = async (name: string, args: object) =>
  (await server.ask('tools/call', { name, arguments: args })).result?.structuredContent ?? {};
const stored = () => repository.git('for-each-ref', '--format=%(contents)', 'refs/tags/v1');

it.each([
  ['Persian', 'نسخه‌ی پایدار: نرم‌افزار به‌روزرسانی شد (۱۴۰۳ ه‍.ش.)، API‌ها هم'],
  ['Hindi', 'संस्करण १.४\n\nक्‍ष, क्‌ष और र्‍य'],
  ['Bengali', 'র‍্যাঙ্ক ও বাক্‌শক্তি'],
  ['Malayalam', 'സോഫ്‌റ്റ്‌വെയര്‍ പതിപ്പ്: ന്‍ ര്‍ ല്‍'],
  ['Sinhala', 'ශ්‍රී ලංකා'],
  ['emoji', 'Release ⚡️ by 👨‍👩‍👧‍👦 and 👩🏽‍🚀 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿 1️⃣'],
  ['more of them', 'Größe 日本語 한국어 ไทย עברית العربية'],
])('%s', async (_, message) => {
  expect(await call('create_tag', { name: 'v1', ref: 'main', message })).toMatchObject({ outcome: 'created', tag: { message } });
  const before = stored();
  expect(before).toBe(message);
  expect(await call('get_tag', { name: 'v1' })).toMatchObject({ tag: { message } });

  const { deleted, restore, note } = await call('delete_tag', { name: 'v1' });
  expect({ deleted, restore, note }).toMatchObject({ deleted: { message }, restore: { message }, note: undefined });
  expect(await call('create_tag', restore as object)).toMatchObject({ outcome: 'created', tag: { message } });
  expect(stored()).toBe(before);
});

it('a text hidden behind each letter is shown, and the deletion says that it does not come back', async () => {
  const hidden = [...'Release of the year'].map((letter, index) => letter + (index % 2 ? '\ufe0f' : '\u200d')).join('');
  repository.feed(hidden, 'tag', '-a', '-F', '-', 'v1', 'main');
  const { tag } = (await call('get_tag', { name: 'v1' })) as { tag: { message: string } };
  expect(tag.message).toBe([...'Release of the year'].map((letter) => `${letter}\ufffd`).join(''));
  expect((await call('delete_tag', { name: 'v1' })).note).toMatch(/not restored in full/);
});
