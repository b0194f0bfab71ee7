/** Gemini: Gemini CLI. Whether it streams stands in the address. */
import { textOf } from './text.mjs';

export const path = /:(stream)?generateContent$/i;
export const isStreamed = (_, address) => /:streamGenerateContent$/i.test(address);

export function read({ systemInstruction, contents = [], tools = [] }) {
  const parts = contents.flatMap(({ parts = [] }) => parts);
  return {
    told: [textOf(systemInstruction?.parts), textOf(parts)].join('\n'),
    tools: tools
      .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
      .map(({ name, description, parametersJsonSchema, parameters }) => ({
        name,
        description,
        schema: parametersJsonSchema ?? parameters,
      })),
    results: parts.flatMap(({ functionResponse: one }) =>
      one ? [{ id: one.id, tool: one.name, text: one.response?.output ?? one.response?.error ?? JSON.stringify(one.response) }] : [],
    ),
  };
}

export const whole = ({ call, text }) => ({
  candidates: [
    {
      content: {
        role: 'model',
        parts: [call ? { functionCall: { id: call.id, name: call.name, args: call.args }, thoughtSignature: 'c2ln' } : { text }],
      },
      finishReason: 'STOP',
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
});

export const stream = (reply, body, send) => send(whole(reply, body));
