/** OpenAI Responses: Codex. Its tools of one server are a namespace. */
import { textOf } from './text.mjs';

export const path = /\/responses$/;
export const isStreamed = ({ stream }) => stream === true;

const flat = (tool) =>
  tool.type === 'namespace' ? tool.tools.map((one) => ({ ...toolOf(one), group: tool.name, about: tool.description })) : [toolOf(tool)];
const toolOf = ({ name, type, description, parameters }) => ({ name: name ?? type, description, schema: parameters });

export function read({ instructions, input = [], tools = [] }) {
  const items = Array.isArray(input) ? input : [{ content: input }];
  const found = items.flatMap(({ type, tools: more = [] }) => (type === 'tool_search_output' ? more : []));
  const calls = new Map(items.flatMap(({ type, call_id, name }) => (type === 'function_call' ? [[call_id, name]] : [])));
  const offered = [...tools, ...found].flatMap(flat);
  return {
    told: [instructions, ...items.map(({ content }) => textOf(content)), ...offered.map(({ about }) => about ?? '')].join('\n'),
    tools: offered,
    results: items.flatMap(({ type, call_id, output }) =>
      type === 'function_call_output' ? [{ id: call_id, tool: calls.get(call_id), text: textOf(output) }] : [],
    ),
    searched: items.filter(({ type }) => type === 'tool_search_output').length,
  };
}

function itemOf({ id, call, text }) {
  if (!call)
    return {
      type: 'message',
      id: `msg_${id}`,
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text, annotations: [] }],
    };
  if (call.name === 'tool_search')
    return { type: 'tool_search_call', id: `ts_${id}`, call_id: call.id, execution: 'client', arguments: call.args, status: 'completed' };
  const namespace = call.group && { namespace: call.group };
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: call.id,
    name: call.name,
    ...namespace,
    arguments: JSON.stringify(call.args),
    status: 'completed',
  };
}

export const whole = (reply, { model }) => ({
  ...{ id: `resp_${reply.id}`, object: 'response', created_at: 1, model, status: 'completed', output: [itemOf(reply)] },
  usage: {
    ...{ input_tokens: 1, input_tokens_details: { cached_tokens: 0 } },
    ...{ output_tokens: 1, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 2 },
  },
});

export function stream(reply, body, send) {
  const response = whole(reply, body);
  const [item] = response.output;
  let sequence_number = 0;
  const tell = (type, more) => {
    send({ type, sequence_number, ...more }, type);
    sequence_number += 1;
  };
  tell('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } });
  tell('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', ...(item.content && { content: [] }) } });
  if (item.content) {
    const at = { item_id: item.id, output_index: 0, content_index: 0 };
    tell('response.content_part.added', { ...at, part: { type: 'output_text', text: '', annotations: [] } });
    tell('response.output_text.delta', { ...at, delta: reply.text });
    tell('response.output_text.done', { ...at, text: reply.text });
    tell('response.content_part.done', { ...at, part: item.content[0] });
  }
  tell('response.output_item.done', { output_index: 0, item });
  tell('response.completed', { response });
}
