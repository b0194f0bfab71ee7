/** A model that is a script, on loopback, in the dialect that Claude Code speaks (Anthropic Messages, streamed). */
import { createServer } from 'node:http';

/**
 * `steps`: a list of `{ tool, args }` and, last, of a function from the results to what is said. The step is counted from
 * the results in the conversation, so that the model keeps nothing in mind. Tools are known by the end of their name.
 */
export async function startModel(steps) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : {};
    if (!request.url.startsWith('/v1/messages') || request.url.includes('count_tokens')) {
      response.writeHead(request.method === 'HEAD' ? 200 : 404).end();
      return;
    }
    const content = decide(steps, body);
    const message = {
      ...{ id: `msg_${Date.now()}`, type: 'message', role: 'assistant', model: body.model, stop_sequence: null },
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    const stop_reason = content.type === 'tool_use' ? 'tool_use' : 'end_turn';
    if (!body.stream) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...message, content: [content], stop_reason }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    const send = (type, more) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    const isText = content.type === 'text';
    send('message_start', { message: { ...message, content: [], stop_reason: null } });
    send('content_block_start', { index: 0, content_block: isText ? { type: 'text', text: '' } : { ...content, input: {} } });
    const delta = isText
      ? { type: 'text_delta', text: content.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(content.input) };
    send('content_block_delta', { index: 0, delta });
    send('content_block_stop', { index: 0 });
    send('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } });
    send('message_stop', {});
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function decide(steps, { tools = [], messages = [] }) {
  const results = messages
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter(({ type, tool_use_id }) => type === 'tool_result' && tool_use_id.startsWith('toolu_step'))
    .map(({ content, is_error = false }) => ({
      is_error,
      text: [content]
        .flat()
        .map((part) => part.text ?? part)
        .join(''),
    }));
  // The client asks for titles and the like beside the conversation, and offers no tools then.
  if (tools.length === 0) return { type: 'text', text: 'A release' };
  const step = steps[results.length];
  if (typeof step === 'function') return { type: 'text', text: step(results) };
  const found = step && tools.find(({ name }) => name.endsWith(`__${step.tool}`));
  if (found) return { type: 'tool_use', id: `toolu_step${results.length}`, name: found.name, input: step.args };
  return { type: 'text', text: step ? `${step.tool} is not offered.` : 'There is nothing left to do.' };
}
