/** OpenAI Chat Completions: opencode, Kilo, Copilot, Qwen Code, Cline, Droid, Continue. */
import { textOf } from './text.mjs';

export const path = /\/chat\/completions$/;
export const isStreamed = ({ stream }) => stream === true;

export function read({ messages = [], tools = [] }) {
  const calls = new Map(messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id, function: one }) => [id, one?.name])));
  const told = messages.map(({ content }) => textOf(content)).join('\n');
  return {
    told,
    found: foundIn(told),
    tools: tools.map(({ function: one = {} }) => ({ name: one.name, description: one.description, schema: one.parameters })),
    results: messages.flatMap(({ role, tool_call_id: id, content }) =>
      role === 'tool' ? [{ id, tool: calls.get(id), text: textOf(content) }] : [],
    ),
  };
}

/** Qwen Code hands over what a search has found as text. */
const foundIn = (told) =>
  [...told.matchAll(/<function>(\{.+?\})<\/function>/g)].map(([, json]) => {
    const { name, description, parametersJsonSchema: schema } = JSON.parse(json);
    return { name, description, schema };
  });

const messageOf = ({ call, text }) =>
  call
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.args) } }],
      }
    : { role: 'assistant', content: text };
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const head = ({ id }, { model }, object) => ({ id: `chatcmpl-${id}`, object, created: 1, model });

export const whole = (reply, body) => ({
  ...head(reply, body, 'chat.completion'),
  choices: [{ index: 0, message: messageOf(reply), finish_reason: reply.call ? 'tool_calls' : 'stop', logprobs: null }],
  usage,
});

export function stream(reply, body, send) {
  const common = head(reply, body, 'chat.completion.chunk');
  const chunk = (delta, finish_reason) => send({ ...common, choices: [{ index: 0, delta, finish_reason, logprobs: null }] });
  chunk(messageOf(reply), null);
  chunk({}, reply.call ? 'tool_calls' : 'stop');
  send({ ...common, choices: [], usage });
  send('[DONE]');
}
