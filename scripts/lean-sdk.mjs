/** Leaves out of the bundle what the SDK builds in vain at each start. */
import { readFileSync } from 'node:fs';

const pure = (_, name, value) => `const ${name} = /* @__PURE__ */ (() => (${value}))();`;

/** What is rewritten in which file of the SDK, and how often at least: an SDK that has changed must not go unnoticed. */
const EDITS = [
  {
    // A top-level constant, up to the line on which it ends.
    file: /@modelcontextprotocol[\\/]core[\\/]dist[\\/](?:schemas|auth)-[^\\/]*\.mjs$/,
    pattern: /^const (\w+) = ((?:z|\w+Schema)\b(?:.*|.*\n(?:[\t)}\]].*\n)*?[)}\]].*));$/gm,
    replacement: pure,
    atLeast: 150,
  },
  {
    file: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[^\\/]*\.mjs$/,
    pattern: /^for \(const .*\) register\(key, .*\);$/gm,
    replacement: '',
    atLeast: 2,
  },
  {
    file: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[^\\/]*\.mjs$/,
    pattern: /^const (ROOT_KEYS|SUPPORTED_STRING_FORMATS|PROPERTY_KEYS_BY_TYPE) = (.*|\{\n(?:\t.*\n)+\});$/gm,
    replacement: pure,
    atLeast: 3,
  },
  {
    // The whole file: a JSON Schema validator of 300 kB that is never asked, since app.ts hands the SDK another one.
    file: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/,
    pattern: /^[\s\S]+$/g,
    replacement:
      "import process from 'node:process';\nclass DefaultJsonSchemaValidator {}\nexport { DefaultJsonSchemaValidator, process };",
    atLeast: 1,
  },
];

/**
 * The schemas of the whole protocol are built when the SDK is loaded, though a server needs a few. Said to be pure, the others
 * are left out, with the registry that holds them (`specTypeSchemas`, `isSpecType`: nothing here may use those).
 */
export const leanSdk = {
  name: 'lean-sdk',
  setup({ onLoad, onEnd }) {
    const found = EDITS.map(() => 0);
    onLoad({ filter: /@modelcontextprotocol[\\/](?:core|server)[\\/]dist[\\/][^\\/]*\.mjs$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [index, { file, pattern, replacement }] of EDITS.entries()) {
        if (!file.test(path)) continue;
        found[index] += contents.match(pattern)?.length ?? 0;
        contents = contents.replace(pattern, replacement);
      }
      return { contents };
    });
    onEnd(() => {
      // A bundle without the SDK has nothing to be left out.
      const missed = EDITS.filter(({ atLeast }, index) => found.some((count) => count > 0) && found[index] < atLeast);
      if (missed.length > 0)
        throw new Error(`the SDK has changed: too few matches of ${missed.map(({ pattern }) => pattern).join(' and ')}`);
    });
  },
};
