/** GitHub's published description of its REST API: a request that does not fit it is a client's bug. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Seen } from './sandbox.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}
interface Operation {
  parameters?: ({ $ref?: string } & { name?: string; in?: string })[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

/** A file of a package whose exports name none: where node would look for the package. */
export function readPublished(file: string): string {
  const places = createRequire(import.meta.url).resolve.paths('@octokit') ?? [];
  const path = places.map((place) => join(place, '@octokit', file)).find((one) => existsSync(one));
  if (!path) throw new Error(`@octokit/${file} is not installed`);
  return readFileSync(path, 'utf8');
}

let description: Description | undefined;
const published = (): Description => {
  description ??= JSON.parse(readPublished('openapi/generated/api.github.com.json')) as Description;
  return description;
};

const followed = <T extends { $ref?: string }>(node: T): T => {
  const [, kind = '', name = ''] = /^#\/components\/([^/]+)\/(.+)$/.exec(node.$ref ?? '') ?? [];
  return kind ? (published().components[kind]?.[name] as T) : node;
};

/** What is wrong with it; undefined where it fits. `template` is the path as the description writes it. */
export function misfit(template: string, { method, query, body }: Seen): string | undefined {
  const operation = published().paths[template]?.[method.toLowerCase()];
  if (!operation) return `${method} ${template} is not described`;
  const named = (operation.parameters ?? []).map(followed).flatMap((one) => (one.in === 'query' ? [one.name] : []));
  const strange = [...query.keys()].filter((name) => !named.includes(name));
  if (strange.length > 0) return `${method} ${template} takes no ${strange.join(', ')}`;
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (body && !schema) return `${method} ${template} takes no body`;
  return schema && body ? wrong(schema, JSON.parse(body), `${method} ${template}`) : undefined;
}

function wrong(given: Schema, value: unknown, where: string): string | undefined {
  const schema = followed(given);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.every((one) => wrong(one, value, where)) ? `${where}: fits no choice` : undefined;
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(typeOf(value))) return `${where}: ${typeOf(value)} is not ${types.join(' or ')}`;
  if (schema.enum && !schema.enum.includes(value)) return `${where}: ${String(value)} is none of ${schema.enum.join(', ')}`;
  if (!schema.properties || typeof value !== 'object' || value === null) return undefined;
  const missing = (schema.required ?? []).find((name) => !(name in value));
  if (missing) return `${where}: ${missing} is missing`;
  for (const [name, field] of Object.entries(value)) {
    const known = schema.properties[name];
    const fault = known ? wrong(known, field, `${where}.${name}`) : `${where}: ${name} is unknown`;
    if (fault) return fault;
  }
  return undefined;
}

const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'integer'
          : 'number'
        : typeof value;
