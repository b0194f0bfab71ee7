/** GitHub's GraphQL: one address, and errors that come with a 200. */
import * as z from 'zod';
import { TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Http } from '../../http/http.ts';
import type { Path } from '../../http/path.ts';
import { graphError, lacksMutation } from './failures.ts';
import { WireError } from './wire.ts';

/** `owner/name` as variables. */
export const partsOf = (repository: string): { owner: string; name: string } => {
  const [owner = '', name = ''] = repository.split('/');
  return { owner, name };
};

/** The cause of an error about a GitHub whose schema is older than the mutation. */
export class Outdated extends Error {}

export interface Graph {
  /** What a query tells of a repository. Throws `repository_not_found`. */
  repository<T>(query: string, repository: string, schema: z.ZodType<T>, call: Call, variables?: object): Promise<T>;
  /** Throws with the cause Outdated where this GitHub knows no such mutation; nothing was done then. */
  mutate(mutation: string, variables: object, call: Call): Promise<void>;
}

export function createGraph(http: Http, at: Path): Graph {
  const send = async <T>(query: string, variables: object, data: z.ZodType<T>, call: Call, reads: boolean): Promise<T> => {
    const schema = z.object({ data: data.nullish().catch(undefined), errors: z.array(WireError).nullish() });
    const { body, headers } = await http.send('POST', at, { call, body: { query, variables }, schema, reads });
    if (body.errors?.length) {
      if (!reads && lacksMutation(body.errors))
        throw new TagError('unsupported', 'This GitHub is too old to change a tag only where it was seen.', { cause: new Outdated() });
      throw graphError(body.errors, headers, !reads);
    }
    if (!body.data)
      throw new TagError('unexpected_response', 'GitHub’s answer has an unexpected shape.', { inDoubt: !reads, upstream: { status: 200 } });
    return body.data;
  };
  return {
    async repository(query, repository, schema, call, variables = {}) {
      const answer = await send(query, { ...partsOf(repository), ...variables }, z.object({ repository: schema }), call, true);
      return answer.repository;
    },
    async mutate(mutation, variables, call) {
      await send(mutation, variables, z.object({ updateRefs: z.looseObject({}) }), call, false);
    },
  };
}
