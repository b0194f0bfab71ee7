/**
 * A model that is a program, on loopback, in four dialects: it follows a story, and remembers what the client told it. The
 * step is counted from the results in the conversation, so that it keeps nothing in mind of its own.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as anthropic from './dialects/anthropic.mjs';
import * as chat from './dialects/chat.mjs';
import * as gemini from './dialects/gemini.mjs';
import * as responses from './dialects/responses.mjs';

const DIALECTS = [anthropic, responses, chat, gemini];
const TOOL = 'tagwright';
/** Some clients offer a search first, and the tools once they were found. */
const FINDER = /^(ToolSearch|tool_search)$/;
/** Some call what was found through a tool of their own. */
const CALLER = 'tool_call';
const MOST_SEARCHES = 12;
const SEARCH_MS = 300;
const STEP = /^step_(\d+)_/;

/** `steps`: `{ tool, args }`, or a function from the results to what is said. What was heard is in `heard`, a request each. */
export async function startModel(steps) {
  const heard = [];
  let replies = 0;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname } = new URL(request.url, 'http://model');
    const dialect = request.method === 'POST' ? DIALECTS.find(({ path }) => path.test(pathname)) : undefined;
    if (!dialect) return answerOther(pathname, response);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const said = dialect.read(body);
    heard.push(said);
    replies += 1;
    const reply = { id: String(replies), ...decide(steps, said, replies) };
    // Droid asks before its servers are there, and finds nothing then.
    if (FINDER.test(reply.call?.name ?? '')) await pause(SEARCH_MS);
    if (!dialect.isStreamed(body, pathname)) return json(response, dialect.whole(reply, body));
    response.setHeader('content-type', 'text/event-stream');
    dialect.stream(reply, body, (data, event) => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      response.write(`${event ? `event: ${event}\n` : ''}data: ${text}\n\n`);
    });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: server.address().port, heard, close };
}

const json = (response, value) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

function answerOther(pathname, response) {
  if (/count_tokens$/.test(pathname)) return json(response, { input_tokens: 1 });
  if (/:countTokens$/.test(pathname)) return json(response, { totalTokens: 1 });
  if (/\/models$/.test(pathname)) return json(response, { object: 'list', data: [{ id: 'model', object: 'model' }], models: [] });
  response.writeHead(404).end();
}

/** The tool of that name, however the client has renamed it. */
export const offered = (tools, wanted) =>
  tools.find(({ name = '', group = '' }) => new RegExp(`${TOOL}[^a-z]+${wanted}$`).test(`${group} ${name}`)) ??
  tools.find(({ name = '' }) => new RegExp(`(^|[^a-z])${wanted}$`).test(name));

/** Results of the story alone, in their order; a client that gives its calls ids of its own is known by its tools. */
export function resultsOf({ results }) {
  const ours = results.filter(({ id }) => STEP.test(id ?? ''));
  return ours.length > 0 ? ours : results.filter(({ tool = '' }) => tool.includes(TOOL) || /_(tag|tags|release)$/.test(tool));
}

function decide(steps, said, turn) {
  // Beside the conversation a client asks for titles and the like, and offers no tools then.
  if (said.tools.length === 0) return { text: 'A release' };
  const results = resultsOf(said);
  const done = results.length;
  const step = steps[done];
  if (!step) return { text: 'That was all.' };
  if (typeof step === 'function') return { text: step(results) };
  const id = `step_${done}_${turn}`;
  const tool = offered(said.tools, step.tool);
  if (tool) return { call: { id, name: tool.name, group: tool.group, args: step.args } };
  const searches = (said.searched ?? 0) + said.results.filter(({ tool: name }) => FINDER.test(name ?? '')).length;
  const named = new RegExp(`[A-Za-z_-]*${TOOL}[A-Za-z_-]*${step.tool}`).exec(
    `${said.told}\n${said.results.map(({ text }) => text).join('\n')}`,
  )?.[0];
  const caller = said.tools.find(({ name }) => name === CALLER);
  if (caller && said.found?.some(({ name }) => name === named))
    return { call: { id, name: CALLER, args: { name: named, arguments: step.args } } };
  const finder = said.tools.find(({ name }) => FINDER.test(name ?? ''));
  if (finder && searches < MOST_SEARCHES)
    return { call: { id: `find_${turn}`, name: finder.name, args: { query: named ? `select:${named}` : step.tool } } };
  return { text: `${step.tool} is not offered, only ${said.tools.map(({ name }) => name).join(', ')}.` };
}
