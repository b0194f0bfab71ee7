/** Leaves out of the bundle what the SDK builds in vain at each start. */
import { readFileSync } from 'node:fs';

/** A top-level constant of the SDK's, up to the line on which it ends. */
const SCHEMA = /^const (\w+) = ((?:z|\w+Schema)\b(?:.*|.*\n(?:[\t)}\]].*\n)*?[)}\]].*));$/gm;
const REGISTRY = /^for \(const .*\) register\(key, .*\);$/gm;
const TABLE = /^const (ROOT_KEYS|SUPPORTED_STRING_FORMATS|PROPERTY_KEYS_BY_TYPE) = (.*|\{\n(?:\t.*\n)+\});$/gm;
const pure = (_, name, value) => `const ${name} = /* @__PURE__ */ (() => (${value}))();`;

/**
 * The SDK without what is built in vain at each start. A JSON Schema validator of 300 kB is never asked: app.ts hands it another one.
 * Of the schemas of the whole protocol a server needs a few: said to be pure, the others are left out with the registry that held them.
 */
export const leanSdk = {
  name: 'lean-sdk',
  setup({ onLoad }) {
    const rewrite = (filter, edits) =>
      onLoad({ filter }, ({ path }) => {
        const contents = edits.reduce(
          (text, [pattern, replacement]) => {
            if (text.search(pattern) < 0) throw new Error(`${path} has changed: nothing in it matches ${pattern}`);
            return text.replace(pattern, replacement);
          },
          readFileSync(path, 'utf8'),
        );
        return { contents };
      });
    onLoad({ filter: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/ }, () => ({
      contents: "import process from 'node:process';\nclass DefaultJsonSchemaValidator {}\nexport { DefaultJsonSchemaValidator, process };",
    }));
    rewrite(/@modelcontextprotocol[\\/]core[\\/]dist[\\/](schemas|auth)-[^\\/]*\.mjs$/, [[SCHEMA, pure]]);
    rewrite(/@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[^\\/]*\.mjs$/, [
      [REGISTRY, ''],
      [TABLE, pure],
    ]);
  },
};
