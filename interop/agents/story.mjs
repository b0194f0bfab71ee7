/** What every client is made to do, a call each; what the server answers; and what the model was told of it. */
import assert from 'node:assert/strict';

const MESSAGE = 'Spring release\n\nReads the new format: "quoted", é, 日本.';
export const MANY = 120;

/**
 * `code`: of the error that is due; `says`: what the answer holds. `loses`: a person is asked, where the client can ask one,
 * and nobody is there.
 */
export const STORY = [
  {
    title: 'creates a tag with a message of several lines',
    tool: 'create_tag',
    args: { name: 'v1', ref: 'main~1', message: MESSAGE },
    says: { outcome: 'created' },
  },
  { title: 'is refused another commit for it', tool: 'create_tag', args: { name: 'v1', ref: 'main' }, code: 'already_exists' },
  { title: 'lists', tool: 'list_tags', args: {}, says: { order_by: 'updated' } },
  { title: 'pages through a hundred tags', tool: 'list_tags', args: { search: '^many-', limit: 100 }, says: { sort: 'desc' } },
  { title: 'reads it', tool: 'get_tag', args: { name: 'v1' }, says: { provider: 'git' } },
  { title: 'compares', tool: 'compare_tags', args: { head: 'main', base: 'main~1' }, says: { relation: 'ahead', total: 1 } },
  { title: 'is told of one that is missing', tool: 'get_tag', args: { name: 'nowhere' }, code: 'tag_not_found' },
  {
    title: 'moves it by force',
    tool: 'create_tag',
    args: { name: 'v1', ref: 'main', force: true },
    says: { outcome: 'moved' },
    loses: true,
  },
  {
    title: 'releases',
    tool: 'tag_release',
    args: { name: 'v2', message: 'Second', targets: [{ provider: 'git' }] },
    says: { outcome: 'created' },
  },
  { title: 'shows the release', tool: 'show_release', args: { name: 'v2', targets: [{ provider: 'git' }] }, says: { complete: true } },
  { title: 'deletes', tool: 'delete_tag', args: { name: 'v2' }, says: { provider: 'git' }, loses: true },
  { title: 'restores', tool: 'create_tag', args: { name: 'v2', ref: 'main', message: 'Second' }, says: { provider: 'git' } },
  {
    title: 'sends arguments as models do',
    tool: 'create_tag',
    args: { name: 'v3', ref: 'main', message: '', expected_commit_id: '' },
    says: { outcome: 'created' },
  },
];

/** With limits of the operator that leave the writing tools there. */
export const BOUNDED = [
  { title: 'creates, which nothing forbids', tool: 'create_tag', args: { name: 'v1', ref: 'main' }, says: { outcome: 'created' } },
  { title: 'is refused what is protected', tool: 'create_tag', args: { name: 'v1', ref: 'main~1', force: true }, code: 'policy_denied' },
];

/** Nothing but reading: one call, so that the client has to load the tools. */
export const READING = [{ title: 'reads', tool: 'list_tags', args: { limit: 1 }, says: { provider: 'git' } }];

/** The answer of the server to a step, as it is due from this client. */
export function check({ title, code, says, loses }, { asks, cuts = Infinity }, { content, structuredContent, isError = false }, told) {
  const [{ text }] = content;
  const due = loses && asks ? 'declined' : code;
  if (due) assert.match(text, new RegExp(`^${due}: `), title);
  else {
    assert.equal(isError, false, `${title}: ${text}`);
    for (const [key, value] of Object.entries(says)) assert.deepEqual(structuredContent[key], value, title);
  }
  if (text.length > cuts) return assert.ok(told.length < text.length, `${title}: is not cut any more`);
  // Whatever a client puts around it, and however it writes it, what was said reaches the model whole.
  const flat = plain(told);
  for (const value of isError ? [text] : valuesOf(structuredContent))
    assert.ok(flat.includes(plain(value)), `${title}: ${JSON.stringify(value)} is not in ${told.slice(0, 2_000)}`);
}

/** Every text in an answer, line by line. */
function valuesOf(value) {
  if (typeof value === 'string') return value.split('\n').filter(Boolean);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : [];
}
/** Without what JSON in JSON adds. */
const plain = (text) => text.replaceAll('\\', '');
