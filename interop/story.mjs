/**
 * What every client goes through, in order, on one connection to one repository. A step is a sentence and a function; it
 * looks at what the client would pass to its model, at what the server said on the wire, and at what git holds afterwards.
 */
import assert from 'node:assert/strict';

const MESSAGE = 'Spring release\n\n# 1. "Quoted", é, 日本, $HOME';

/** The client handed on all of it, in every form that it uses; the answer itself comes back. */
async function told({ session, answered }, tool, args) {
  const { text, structured, failed } = await session.call(tool, args);
  const { structuredContent, isError } = answered().at(-1);
  assert.equal(isError ?? false, false, text);
  assert.equal(failed ?? false, false, text);
  assert.ok(text !== undefined || structured !== undefined, 'nothing is passed on');
  if (text !== undefined) assert.deepEqual(JSON.parse(text), structuredContent);
  if (structured !== undefined) assert.deepEqual(structured, structuredContent);
  return structured ?? JSON.parse(text);
}

/** The client handed on the whole error, whatever it puts around it. */
async function refused({ session, answered }, code, tool, args) {
  const { text } = await session.call(tool, args);
  const { content, isError } = answered().at(-1);
  assert.equal(isError, true);
  assert.match(content[0].text, new RegExp(`^${code}: `));
  assert.ok(text.includes(content[0].text), `${text}\ndoes not hold\n${content[0].text}`);
}

export const STORY = {
  'lists every tool that the server offers': async ({ session, answered }) => {
    const tools = await session.tools();
    assert.deepEqual(
      tools,
      answered()
        .findLast((result) => result.tools)
        .tools.map(({ name }) => name),
    );
    for (const name of ['create_tag', 'get_tag', 'list_tags', 'delete_tag']) assert.ok(tools.includes(name), name);
  },
  'creates a tag with a message of several lines': async (scene) => {
    const { outcome, tag } = await told(scene, 'create_tag', { name: 'v1', ref: 'main~1', message: MESSAGE });
    assert.deepEqual([outcome, tag.commit_id, tag.message], ['created', scene.commits[0], MESSAGE]);
    assert.equal(scene.git('for-each-ref', '--format=%(contents)', 'refs/tags/v1'), MESSAGE);
  },
  'repeats it, and nothing changes': async (scene) => {
    const before = scene.git('rev-parse', 'v1');
    assert.equal((await told(scene, 'create_tag', { name: 'v1', ref: 'main~1', message: MESSAGE })).outcome, 'unchanged');
    assert.equal(scene.git('rev-parse', 'v1'), before);
  },
  'is refused another commit for it: already_exists': async (scene) => {
    await refused(scene, 'already_exists', 'create_tag', { name: 'v1', ref: 'main' });
    assert.equal(scene.git('rev-parse', 'v1^{commit}'), scene.commits[0]);
  },
  'moves it by force': async (scene) => {
    const { outcome, previous_commit_id } = await told(scene, 'create_tag', { name: 'v1', ref: 'main', force: true });
    assert.deepEqual([outcome, previous_commit_id], ['moved', scene.commits[0]]);
    assert.equal(scene.git('rev-parse', 'v1^{commit}'), scene.commits[1]);
  },
  'reads it': async (scene) => {
    const { tag } = await told(scene, 'get_tag', { name: 'v1' });
    assert.deepEqual([tag.name, tag.commit_id, tag.message], ['v1', scene.commits[1], MESSAGE]);
  },
  'is refused one that does not exist: tag_not_found': (scene) => refused(scene, 'tag_not_found', 'get_tag', { name: 'v404' }),
  'lists the tags, page by page': async (scene) => {
    const first = await told(scene, 'list_tags', { order_by: 'name', limit: 1 });
    const second = await told(scene, 'list_tags', { order_by: 'name', limit: 1, cursor: first.next_cursor });
    assert.deepEqual(
      [...first.tags, ...second.tags].map(({ name }) => name),
      ['v0', 'v1'],
    );
    assert.equal(second.next_cursor, undefined);
  },
  'deletes it, and restores it from the answer alone': async (scene) => {
    const { deleted, restore } = await told(scene, 'delete_tag', { name: 'v1' });
    assert.equal(deleted.commit_id, scene.commits[1]);
    assert.equal(scene.git('tag', '--list', 'v1'), '');
    assert.equal((await told(scene, 'create_tag', restore)).outcome, 'created');
    assert.equal(scene.git('for-each-ref', '--format=%(contents)', 'refs/tags/v1'), MESSAGE);
    await told(scene, 'delete_tag', { name: 'v1' });
    assert.equal(scene.git('tag', '--list'), 'v0');
  },
};

/** For clients that can ask a person; `answers` is what the person says to each question, in turn. */
export const PERSON = {
  'asks a person before a deletion, who declines': async (scene) => {
    scene.answers.push('decline');
    await refused(scene, 'declined', 'delete_tag', { name: 'v0' });
    assert.match(scene.questions.at(-1), /^Delete tag v0 \(/);
    assert.equal(scene.git('tag', '--list'), 'v0');
  },
  'asks again, and the person accepts': async (scene) => {
    scene.answers.push('accept');
    assert.equal((await told(scene, 'delete_tag', { name: 'v0' })).deleted.name, 'v0');
    assert.equal(scene.questions.length, 2);
    assert.equal(scene.git('tag', '--list'), '');
  },
};
