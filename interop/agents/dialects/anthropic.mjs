/** Anthropic Messages: Claude Code. */
import { textOf } from './text.mjs';

export const path = /\/messages$/;
export const isStreamed = ({ stream }) => stream === true;

export function read({ system, messages = [], tools = [] }) {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  const calls = new Map(parts.flatMap(({ type, id, name }) => (type === 'tool_use' ? [[id, name]] : [])));
  return {
    told: [textOf(system), ...messages.map(({ content }) => textOf(content))].join('\n'),
    tools: tools.map(({ name, description, input_schema }) => ({ name, description, schema: input_schema })),
    results: parts.flatMap((part) =>
      part.type === 'tool_result' ? [{ id: part.tool_use_id, tool: calls.get(part.tool_use_id), text: textOf(part.content) }] : [],
    ),
  };
}

const contentOf = ({ call, text }) =>
  call ? { type: 'tool_use', id: call.id, name: call.name, input: call.args } : { type: 'text', text };

export const whole = (reply, { model }) => ({
  ...{ id: `msg_${reply.id}`, type: 'message', role: 'assistant', model, content: [contentOf(reply)] },
  ...{ stop_reason: reply.call ? 'tool_use' : 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } },
});

export function stream(reply, body, send) {
  const { content, stop_reason, ...message } = whole(reply, body);
  const [block] = content;
  const tell = (type, more) => send({ type, ...more }, type);
  tell('message_start', { message: { ...message, content: [], stop_reason: null } });
  tell('content_block_start', { index: 0, content_block: reply.call ? { ...block, input: {} } : { type: 'text', text: '' } });
  const delta = reply.call
    ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
    : { type: 'text_delta', text: block.text };
  tell('content_block_delta', { index: 0, delta });
  tell('content_block_stop', { index: 0 });
  tell('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } });
  tell('message_stop', {});
}
