import * as z from 'zod';

/** What is said of an environment variable, once: parsing, README, .env.example, manifests, doctor and redaction read it. */
export interface VariableMeta {
  readonly description: string;
  /** Addresses and credentials of one provider come from one source; a default repository may come from another. */
  readonly role: 'address' | 'credential' | 'repository' | 'option';
  readonly secret?: boolean;
  /** An address where, without a credential beside it, the person's own answer: a stranger's file names none by itself. */
  readonly ambient?: boolean;
  /** It bounds what the server may do: a slip in its name or its value must not lift the bound. */
  readonly restricts?: boolean;
  readonly example?: string;
  /** Only read, and nothing to ask a person for. */
  readonly unasked?: boolean;
  /** What a form asks for; left out, a text. */
  readonly format?: 'boolean' | 'number' | 'file' | 'directory';
}

const registry = z.registry<VariableMeta>();

/** An optional variable. Values arrive as text; empty ones never arrive. */
export const variable = (role: VariableMeta['role'], description: string, example?: string) =>
  declare(z.string().optional(), { role, description, ...(example && { example }) });

/** A credential: marked secret, so that its value is taken out of everything that leaves. */
export const secret = (description: string, example?: string) =>
  declare(z.string().optional(), { role: 'credential', description, secret: true, ...(example && { example }) });

/** Any schema over text as a variable. */
export function declare<S extends z.ZodType>(schema: S, meta: VariableMeta): S {
  registry.add(schema, meta);
  return schema;
}

/** Every variable of a declaration with what is said of it, in order. */
export const variablesOf = (env: z.ZodObject): [name: string, meta: VariableMeta][] =>
  Object.entries(env.shape).flatMap(([name, schema]) => {
    const meta = registry.get(schema as z.ZodType);
    return meta ? [[name, meta]] : [];
  });

const ROLES: readonly VariableMeta['role'][] = ['address', 'credential', 'repository', 'option'];

/** Those that a person is asked for: other names of a variable, and what a CI job brings along, are nothing to ask for. */
export const offeredOf = (env: z.ZodObject): [name: string, meta: VariableMeta][] =>
  variablesOf(env)
    .filter(([name, { description, unasked }]) => !unasked && !description.startsWith('The same') && !name.startsWith('CI_'))
    .sort(([, a], [, b]) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
